import { decode as iconvDecode, encode as iconvEncode } from 'iconv-lite';
import { isAscii } from './charset.ts';
import { filterHeader } from './header.ts';
import { htmlToText } from './html-text.ts';
import { param } from './params.ts';
import { createStructureParser, MAX_HEADER } from './parser.ts';
import { describePart, fieldsOf } from './part-header.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';
import { decodeTransfer } from './transfer.ts';
import type { MimePart } from './types.ts';

export interface Footer {
  /** Plain; empty = made from `html`. */
  text: string;
  /** A fragment that stands in a body; empty = made from `text`. */
  html: string;
}

/** Larger messages go as they came: each is held in memory whole while its footer is added. */
export const MAX_FOOTED = 10_000_000;
/** A message that would grow by more than this goes as it came, or it could pass the limit of its size. */
const MAX_GROWTH = 256 * 1024;
/** RFC 5322 §2.1.1 allows 998; a longer line of a footer is encoded. */
const MAX_LINE = 900;

const CHARSETS = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'us-ascii'],
  ['ascii', 'us-ascii'],
  ['gb18030', 'gb18030'],
  ['gbk', 'gbk'],
  ['gb2312', 'gbk'],
]);
/** A change breaks what these parts say about the message, or the readers of these. */
const SEALED = new Set([
  'multipart/signed',
  'multipart/encrypted',
  'application/pkcs7-mime',
  'application/x-pkcs7-mime',
  'application/pgp-encrypted',
  'text/calendar',
]);
const MIXED = new Set(['mixed', 'related']);
const PGP = '-----BEGIN PGP ';

/**
 * Adds a footer to a message (bytes, with its header): to its first readable text, and to every form of it in a
 * multipart/alternative. Answers the very bytes given where nothing may or can be added: signed, encrypted or
 * automatic mail, invitations, charsets and encodings that we do not write, messages over MAX_FOOTED. Never throws.
 */
export function addFooter(message: Buffer, footer: Footer): Buffer {
  if (message.length > MAX_FOOTED || (footer.text === '' && footer.html === '')) return message;
  const root = structureOf(message);
  if (root.start > MAX_HEADER || isSealed(message, root)) return message;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const part of targetsOf(root)) {
    const content = decodeTransfer(message.subarray(part.start, part.end), part.encoding);
    if (content.includes(PGP)) return message;
    const changed = changePart(message, part, content, footer, part === root);
    if (!changed) continue;
    pieces.push(message.subarray(at, part.headerStart), changed);
    at = part.end;
  }
  const result = Buffer.concat([...pieces, message.subarray(at)]);
  if (at === 0 || result.length > message.length + MAX_GROWTH) return message;
  // A text that ends in something like a boundary becomes one by the line break behind it.
  return shapeOf(structureOf(result)) === shapeOf(root) ? result : message;
}

function structureOf(message: Buffer): MimePart {
  const parser = createStructureParser();
  parser.write(message);
  return parser.finish().root;
}

function shapeOf(part: MimePart): string {
  return `${part.type}/${part.subtype}(${(part.parts ?? []).map(shapeOf).join()})`;
}

function isSealed(message: Buffer, root: MimePart): boolean {
  const { byName } = fieldsOf(message.subarray(root.headerStart, root.start));
  if (byName.has('dkim-signature')) return true;
  const automatic = byName.get('auto-submitted')?.[0]?.toLowerCase();
  if (automatic !== undefined && !/^no\b/.test(automatic)) return true;
  const sealed = (part: MimePart): boolean =>
    SEALED.has(`${part.type}/${part.subtype}`) || (part.parts ?? []).some(sealed);
  return sealed(root);
}

/** Parts that get the footer, in their order. */
function targetsOf(part: MimePart): MimePart[] {
  if (part.disposition?.type === 'attachment') return [];
  if (part.parts) {
    const found = part.parts.map(targetsOf);
    if (MIXED.has(part.subtype)) return found.find((list) => list.length > 0) ?? [];
    if (part.subtype !== 'alternative') return [];
    const all = found.flat();
    return all.filter((one, at) => all.findIndex((other) => other.subtype === one.subtype) === at);
  }
  if (part.type !== 'text' || (part.subtype !== 'plain' && part.subtype !== 'html')) return [];
  // A text with a name is a file, whatever it says of its disposition.
  const name = param(part.params, 'name') ?? param(part.disposition?.params ?? [], 'filename');
  return name === undefined && part.md5 === null ? [part] : [];
}

/** Header and content of a part with the footer; undefined = it stays as it is. */
function changePart(
  message: Buffer,
  part: MimePart,
  content: Buffer,
  footer: Footer,
  isRoot: boolean,
): Buffer | undefined {
  const header = message.subarray(part.headerStart, part.start);
  if (!/(?:^|\r\n)\r\n$/.test(header.toString('latin1')) || !isReadable(message, part)) return undefined;
  const charset = CHARSETS.get((param(part.params, 'charset') ?? 'us-ascii').toLowerCase());
  if (!charset) return undefined;
  const html = part.subtype === 'html';
  const text = (html ? htmlOf(footer) : textOf(footer)).replace(/\r\n|\r|\n/g, '\r\n');
  const encoded = encodeFooter(text, charset, html, content);
  if (!encoded) return undefined;
  const together = html ? intoHtml(content, encoded.bytes) : underText(content, encoded.bytes);
  const eightBit = !isAscii(together);
  const long = encoded.bytes
    .toString('latin1')
    .split('\r\n')
    .some((line) => line.length > MAX_LINE);
  const plain = part.encoding === '7bit' || part.encoding === '8bit';
  // A message of seven bits must not become one that some servers refuse.
  const encoding = plain && (long || (eightBit && isAscii(content))) ? 'quoted-printable' : part.encoding;
  const changed = changeHeader(header, {
    charset: encoded.upgraded ? 'utf-8' : undefined,
    encoding,
    isRoot,
    part,
  });
  return changed && Buffer.concat([changed, encodeContent(together, encoding, isRoot)]);
}

/** Is the encoding one that we can undo and write again? */
function isReadable(message: Buffer, { encoding, start, end }: MimePart): boolean {
  if (encoding === 'base64') {
    // Several encoded pieces in a row, or damage: what is behind the first padding would be lost.
    const text = message.toString('latin1', start, end);
    return /^[A-Za-z0-9+/\r\n\t ]*[=\r\n\t ]*$/.test(text);
  }
  return encoding === '7bit' || encoding === '8bit' || encoding === 'quoted-printable';
}

function encodeFooter(
  text: string,
  charset: string,
  html: boolean,
  content: Buffer,
): { bytes: Buffer; upgraded: boolean } | undefined {
  if (isAscii(Buffer.from(text))) return { bytes: Buffer.from(text), upgraded: false };
  if (charset !== 'us-ascii') {
    const bytes = iconvEncode(text, charset);
    if (iconvDecode(bytes, charset) === text) return { bytes, upgraded: false };
  }
  if (html) {
    const safe = [...text].map((one) => (one < '\x80' ? one : `&#${one.codePointAt(0)};`)).join('');
    return { bytes: Buffer.from(safe), upgraded: false };
  }
  if (charset !== 'us-ascii' || !isAscii(content)) return undefined;
  return { bytes: Buffer.from(text), upgraded: true };
}

function underText(content: Buffer, footer: Buffer): Buffer {
  const end = content.toString('latin1', Math.max(0, content.length - 2));
  const gap = content.length === 0 ? '' : end.endsWith('\n') ? '\r\n' : '\r\n\r\n';
  return Buffer.concat([content, Buffer.from(gap), footer, Buffer.from('\r\n')]);
}

/** `<` and `/` are no second octet in any of the charsets, so octets can be searched. */
function intoHtml(content: Buffer, footer: Buffer): Buffer {
  const text = content.toString('latin1').toLowerCase();
  const body = text.lastIndexOf('</body');
  const end = body >= 0 ? body : text.lastIndexOf('</html');
  const at = end >= 0 ? end : content.length;
  const wrapped = [Buffer.from('\r\n<div>'), footer, Buffer.from('</div>\r\n')];
  return Buffer.concat([content.subarray(0, at), ...wrapped, content.subarray(at)]);
}

function textOf({ text, html }: Footer): string {
  return text === '' ? htmlToText(html).trim() : text;
}

function htmlOf({ text, html }: Footer): string {
  if (html !== '') return html;
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replace(/\r\n|\r|\n/g, '<br>\r\n');
}

function encodeContent(content: Buffer, encoding: string, isRoot: boolean): Buffer {
  if (encoding === 'quoted-printable') return encodeQuotedPrintable(content);
  if (encoding !== 'base64') return content;
  const lines = content.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n');
  return Buffer.from(isRoot ? `${lines}\r\n` : lines);
}

const CHARSET = /(;\s*charset\s*=\s*)(?:"[^"]*"|[^\s;()"]+)/i;

/** The header block for the new content; undefined when it would not read as meant. */
function changeHeader(
  header: Buffer,
  wish: { charset: string | undefined; encoding: string; isRoot: boolean; part: MimePart },
): Buffer | undefined {
  const { charset, encoding, part } = wish;
  if (charset === undefined && encoding === part.encoding) return header;
  let rest = header;
  const added: string[] = [];
  if (encoding !== part.encoding) {
    rest = filterHeader(rest.subarray(0, -2), ['content-transfer-encoding'], true);
    added.push(`Content-Transfer-Encoding: ${encoding}\r\n`);
  }
  if (charset !== undefined) {
    const own = filterHeader(rest.subarray(0, -2), ['content-type'], false).toString('latin1').trimEnd();
    rest = filterHeader(rest.subarray(0, -2), ['content-type'], true);
    const field = own === '' ? 'Content-Type: text/plain' : own;
    const named = CHARSET.test(field)
      ? field.replace(CHARSET, `$1${charset}`)
      : `${field}; charset=${charset}`;
    added.push(`${named}\r\n`);
  }
  if (wish.isRoot && !fieldsOf(rest).byName.has('mime-version')) added.push('MIME-Version: 1.0\r\n');
  const made = Buffer.concat([
    rest.subarray(0, -2),
    Buffer.from(added.join(''), 'latin1'),
    Buffer.from('\r\n'),
  ]);
  const read = describePart(fieldsOf(made).byName, false);
  const asMeant =
    read.subtype === part.subtype &&
    read.encoding === encoding &&
    (charset === undefined || param(read.params, 'charset') === charset);
  return asMeant ? made : undefined;
}
