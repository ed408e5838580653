import { defineTexts } from '../kit/texts.ts';

export const texts = defineTexts('messages', {
  title: ['消息', 'Messages'],
  heading: ['收件箱（共 {{total}} 条，其中 {{unread}} 条未读）', 'Inbox ({{total}}, {{unread}} unread)'],
  all: ['全部', 'All'],
  unread: ['未读', 'Unread'],
  markAll: ['全部标为已读', 'Mark all as read'],
  open: ['查看详情', 'Open'],
  empty: ['还没有消息', 'No messages yet'],
  emptyMore: ['待办提醒、办理结果和通知会出现在这里。', 'Reminders, results and notices appear here.'],
  emptyUnread: ['消息都读过了', 'Everything is read'],
  emptyUnreadMore: ['新消息会显示在这里和右上角的铃铛上。', 'New messages show here and on the bell.'],
  choose: ['选择一条消息查看', 'Choose a message to read it'],
  previous: ['上一条', 'Previous'],
  next: ['下一条', 'Next'],
  list: ['消息列表', 'List of messages'],
});
