import { defineTexts } from '../../kit/texts.ts';

export const restoreTexts = defineTexts('mail-restore', {
  about: [
    '彻底删除的邮件保留 {{days}} 天，可以恢复到原来的文件夹；文件夹已不存在时恢复到收件箱。',
    'Mail that was deleted for good is kept for {{days}} days and goes back to its folder, or to the inbox when that has gone.',
  ],
  search: ['搜索主题或发件人', 'Search subject or sender'],
  restore: ['恢复所选', 'Restore'],
  restoreSome: ['恢复所选的 {{count}} 封', 'Restore {{count}}'],
  restored: ['已恢复 {{count}} 封邮件', '{{count}} messages are back'],
  empty: ['没有可恢复的邮件', 'Nothing to restore'],
  noSubject: ['（无主题）', '(no subject)'],
  deletedAt: ['{{time}}删除', 'deleted {{time}}'],
  newer: ['较新的', 'Newer'],
  older: ['较早的', 'Older'],
});
