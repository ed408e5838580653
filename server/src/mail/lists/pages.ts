import type { HeldMessage } from '@hongyan/contract';
import type { Locale } from '../../kit/errors/index.ts';
import { say } from '../../kit/i18n/index.ts';
import type { HeldAct } from './tokens.ts';

/** Nothing may run, only the form's own address gets what is sent, and our style. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const STYLE = `body{margin:0;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;background:#f6f7f9;color:#1d2025}
main{box-sizing:border-box;max-width:520px;margin:12vh auto 0;padding:32px;background:#fff;border-radius:12px}
h1{font-size:20px;margin:0 0 12px}p{margin:0 0 12px;overflow-wrap:anywhere}dl{margin:0 0 12px}dt{color:#5b6270;font-size:13px}dd{margin:0 0 8px;overflow-wrap:anywhere}
button{font:inherit;border:0;border-radius:8px;padding:8px 20px;background:#2b5aed;color:#fff;cursor:pointer}button.stop{background:#c9302c}
button:focus-visible{outline:3px solid #7c9cff}
@media(prefers-color-scheme:dark){body{background:#16181c;color:#e8eaed}main{background:#1d2025}dt{color:#a0a6b1}}
@media(max-width:560px){main{margin:0;min-height:100vh;border-radius:0;padding:24px}}`;

/**
 * Pages behind links in mail. They need no sign-in and no script, and looking at one changes nothing: mail scanners
 * follow every link, so the act is the button's (RFC 8058 §3.1).
 */
export function leavePage(locale: Locale, list: { name: string; address: string }): string {
  const title = say({ zh: '退订群发名单', en: 'Leave the list' }, locale);
  return page(
    locale,
    title,
    `<p>${escapeHtml(say({ zh: `退订后您将不再收到发往“${list.name}”（${list.address}）的邮件。`, en: `You will get no more mail that is sent to “${list.name}” (${list.address}).` }, locale))}</p>
<form method="post"><button type="submit" name="List-Unsubscribe" value="One-Click">${escapeHtml(say({ zh: '退订', en: 'Leave' }, locale))}</button></form>`,
  );
}

export function heldPage(locale: Locale, held: HeldMessage, act: HeldAct, open: boolean): string {
  const title =
    act === 'release'
      ? say({ zh: '放行邮件', en: 'Release the message' }, locale)
      : say({ zh: '拒绝邮件', en: 'Reject the message' }, locale);
  const rows: [string, string][] = [
    [say({ zh: '名单', en: 'List' }, locale), `${held.list.name} <${held.list.address}>`],
    [say({ zh: '发件人', en: 'From' }, locale), held.author],
    [
      say({ zh: '主题', en: 'Subject' }, locale),
      held.subject || say({ zh: '（无主题）', en: '(no subject)' }, locale),
    ],
    [say({ zh: '内容', en: 'Text' }, locale), held.preview],
  ];
  const list = rows
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('');
  const form = open
    ? `<form method="post"><button type="submit"${act === 'reject' ? ' class="stop"' : ''}>${escapeHtml(title)}</button></form>`
    : `<p>${escapeHtml(say({ zh: '这封邮件已有人处理过了。', en: 'Somebody has decided about this message already.' }, locale))}</p>`;
  return page(locale, title, `<dl>${list}</dl>${form}`);
}

export function messagePage(locale: Locale, title: string, text = ''): string {
  return page(locale, title, text === '' ? '' : `<p>${escapeHtml(text)}</p>`);
}

function page(locale: Locale, title: string, content: string): string {
  return `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main><h1>${escapeHtml(title)}</h1>${content}</main></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
