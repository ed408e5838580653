import type { BookList } from '../ports.ts';

/** What a moderator hears of a message that waits for him. */
export function heldNotice(
  list: BookList,
  message: { author: string; subject: string; preview: string },
  links: { release: string; reject: string; page: string },
): { subject: string; text: string } {
  const title = message.subject || '（无主题）';
  return {
    subject: `待审核：${title} / Waiting for you: ${message.subject || '(no subject)'}`,
    text: [
      `有一封发往群发名单“${list.name}”（${list.address}）的邮件等您审核。`,
      `A message to the list “${list.name}” (${list.address}) waits for your decision.`,
      '',
      `发件人 From: ${message.author}`,
      `主题 Subject: ${title}`,
      `内容 Text: ${message.preview}`,
      '',
      `放行 Release: ${links.release}`,
      `拒绝 Reject: ${links.reject}`,
      `查看全部 All that waits: ${links.page}`,
      '',
      '14 天内没有处理的邮件会退回给发件人。',
      'What nobody decides within 14 days goes back to its sender.',
      '',
    ].join('\n'),
  };
}
