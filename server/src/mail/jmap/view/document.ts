import { decodeText, decodeTransfer, param } from '../../protocol/mime/index.ts';
import type { Email } from '../../store/index.ts';
import { bodyLists, mediaType, type NumberedPart, numberParts, type PartSource } from '../email/parts.ts';
import { sanitise } from './sanitise.ts';

/** A mail as a whole HTML document that is safe to show in a sandboxed frame. */
export interface MailDocument {
  html: string;
  blockedRemote: boolean;
}

export interface DocumentOptions {
  /** Signed URL of a part's picture. */
  partUrl: (path: readonly number[]) => string;
  /** Signed URL of a remote picture through the proxy; undefined while remote pictures are off. */
  remoteUrl: ((url: string) => string) | undefined;
  /** Where pictures may come from, for the policy inside the document. */
  origin: string;
}

/** Encoded octets of a text part that are looked at. */
const MAX_PART = 4_194_304;
const MAX_PARTS = 50;

const STYLE = `html{color-scheme:light}body{margin:0;font:14px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;
overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}
.hongyan-text{white-space:pre-wrap}blockquote{margin:0 0 0 8px;padding-left:8px;border-left:2px solid #d9d9d9}`;

export async function mailDocument(
  email: Email,
  source: PartSource,
  options: DocumentOptions,
): Promise<MailDocument> {
  const root = numberParts(email.structure);
  const byContentId = contentIds(root);
  const pictures = {
    inline: (contentId: string) => {
      const found = byContentId.get(contentId);
      return found && options.partUrl(found.path);
    },
    remote: options.remoteUrl,
  };
  let body = '';
  let css = '';
  let blockedRemote = false;
  for (const numbered of bodyLists(root).htmlBody.slice(0, MAX_PARTS)) {
    const type = mediaType(numbered.part);
    if (type.startsWith('image/'))
      body += `<p><img alt="" src="${escapeHtml(options.partUrl(numbered.path))}"></p>`;
    else if (type === 'text/html') {
      const safe = sanitise(await readText(numbered, source), pictures);
      body += `<div>${safe.body}</div>`;
      css += safe.css;
      blockedRemote ||= safe.blockedRemote;
    } else if (numbered.part.type === 'text') body += plainText(await readText(numbered, source));
  }
  const policy = `default-src 'none'; img-src ${options.origin} data:; style-src 'unsafe-inline'`;
  const head =
    `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">` +
    `<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><base target="_blank">` +
    `<style>${STYLE}</style><style>${css}</style>`;
  return { html: `<!doctype html><html><head>${head}</head><body>${body}</body></html>`, blockedRemote };
}

async function readText(numbered: NumberedPart, source: PartSource): Promise<string> {
  const { part } = numbered;
  const bytes = await source.read(part.start, Math.min(part.end, part.start + MAX_PART));
  return decodeText(decodeTransfer(bytes, part.encoding), param(part.params, 'charset'));
}

function contentIds(root: NumberedPart): Map<string, NumberedPart> {
  const found = new Map<string, NumberedPart>();
  const walk = (numbered: NumberedPart): void => {
    const id = numbered.part.id?.replace(/^\s*<|>\s*$/g, '');
    if (id && numbered.part.type === 'image') found.set(id, numbered);
    numbered.children.forEach(walk);
  };
  walk(root);
  return found;
}

const LINK = /\bhttps?:\/\/[^\s<>"'()（）。,，;；、]+/g;

/** Plain text with its line breaks; web addresses become links. */
function plainText(text: string): string {
  let out = '';
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const url = match[0];
    out += `${escapeHtml(text.slice(at, match.index))}<a href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">${escapeHtml(url)}</a>`;
    at = match.index + url.length;
  }
  return `<div class="hongyan-text">${out}${escapeHtml(text.slice(at))}</div>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
