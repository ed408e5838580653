import { escapeHtml } from './html.ts';

export type ReleaseState =
  | { kind: 'ask'; from: string; subject: string; go: string }
  | { kind: 'released' }
  | { kind: 'gone' };

/** What a link of a digest shows: plain HTML without script and style, since the reader may not be signed in. */
export function releasePage(state: ReleaseState): string {
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>隔离邮件</title><body><main><h1>隔离邮件</h1>${content(state)}</main></body></html>`;
}

function content(state: ReleaseState): string {
  switch (state.kind) {
    case 'ask':
      return `<p>发件人 From：${escapeHtml(state.from)}</p><p>主题 Subject：${escapeHtml(state.subject)}</p><p><a href="${escapeHtml(state.go)}">放行这封邮件 Release this message</a></p>`;
    case 'released':
      return '<p>已放行，邮件稍后会出现在收件箱。</p><p>Released. It will arrive in your inbox shortly.</p>';
    case 'gone':
      return '<p>这封邮件已经处理过，或者链接已失效。</p><p>This message has been dealt with, or the link has expired.</p>';
  }
}
