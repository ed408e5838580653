import { decodeText, decodeTransfer, param } from '../../protocol/mime/index.ts';
import type { Arguments, Json } from '../json.ts';
import { MAIL_LIMITS } from '../limits.ts';
import { bodyLists, mediaType, type NumberedPart, type PartSource, partIdOf } from './parts.ts';

/** Which text values Email/get and Email/parse hand out (RFC 8621 §4.2). */
export interface ValueOptions {
  text: boolean;
  html: boolean;
  all: boolean;
  /** Octets of UTF-8 a value may have; 0 = as many as we allow. */
  maxBytes: number;
}

export function readValueOptions(args: Arguments): ValueOptions {
  return {
    text: args.boolean('fetchTextBodyValues', false),
    html: args.boolean('fetchHTMLBodyValues', false),
    all: args.boolean('fetchAllBodyValues', false),
    maxBytes: args.int('maxBodyValueBytes') ?? 0,
  };
}

/** A text part of more encoded octets than this is cut before it is decoded. */
const MAX_ENCODED = 8 * MAIL_LIMITS.maxBodyValue;

/** EmailBodyValue objects by part id. */
export async function bodyValues(
  root: NumberedPart,
  options: ValueOptions,
  source: PartSource,
): Promise<Json> {
  const lists = bodyLists(root);
  const wanted = new Set<NumberedPart>();
  if (options.text) for (const part of lists.textBody) wanted.add(part);
  if (options.html) for (const part of lists.htmlBody) wanted.add(part);
  if (options.all) for (const part of walk(root)) wanted.add(part);
  const values = new Map<string, Json>();
  for (const numbered of wanted) {
    const partId = partIdOf(numbered);
    if (numbered.part.type === 'text' && partId !== undefined) {
      values.set(partId, await bodyValue(numbered, options.maxBytes, source));
    }
  }
  return Object.fromEntries(values);
}

function* walk(numbered: NumberedPart): Generator<NumberedPart> {
  yield numbered;
  for (const child of numbered.children) yield* walk(child);
}

async function bodyValue(numbered: NumberedPart, maxBytes: number, source: PartSource): Promise<Json> {
  const { part } = numbered;
  const end = Math.min(part.end, part.start + MAX_ENCODED);
  const bytes = decodeTransfer(await source.read(part.start, end), part.encoding);
  const charset = param(part.params, 'charset');
  const whole = decodeText(bytes, charset).replace(/\r\n/g, '\n');
  const limit = maxBytes === 0 ? MAIL_LIMITS.maxBodyValue : Math.min(maxBytes, MAIL_LIMITS.maxBodyValue);
  const value = truncate(whole, limit, mediaType(part) === 'text/html');
  return {
    value,
    isEncodingProblem: !knownCharset(charset) || !knownEncoding(part.encoding) || whole.includes('\ufffd'),
    isTruncated: value.length < whole.length || end < part.end,
  };
}

function knownCharset(charset: string | undefined): boolean {
  if (charset === undefined) return true;
  try {
    new TextDecoder(charset);
    return true;
  } catch {
    return false;
  }
}

function knownEncoding(encoding: string): boolean {
  return ['7bit', '8bit', 'binary', 'base64', 'quoted-printable'].includes(encoding);
}

/** Cuts at a whole character, and in HTML not inside a tag (§4.2). */
export function truncate(text: string, maxBytes: number, html: boolean): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  const cut = bytes.subarray(0, end).toString('utf8');
  if (!html) return cut;
  const open = cut.lastIndexOf('<');
  return open > cut.lastIndexOf('>') ? cut.slice(0, open) : cut;
}
