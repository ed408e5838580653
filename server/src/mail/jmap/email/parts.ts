import { decodeTransfer, type MimePart, param } from '../../protocol/mime/index.ts';
import * as ids from '../ids.ts';
import type { Json } from '../json.ts';
import { headerValue, type RawHeader, rawHeaders, readHeaderProperty } from './headers.ts';

/** A part with the number path that names it (RFC 3501 §6.4.5); a message that is no multipart is its own part 1. */
export interface NumberedPart {
  part: MimePart;
  path: readonly number[];
  children: NumberedPart[];
}

export function numberParts(root: MimePart): NumberedPart {
  const walk = (part: MimePart, path: readonly number[]): NumberedPart => ({
    part,
    path,
    children: (part.parts ?? []).map((child, index) => walk(child, [...path, index + 1])),
  });
  return root.type === 'multipart' ? walk(root, []) : { part: root, path: [1], children: [] };
}

/** Undefined for multiparts. */
export function partIdOf(numbered: NumberedPart): string | undefined {
  return numbered.part.type === 'multipart' ? undefined : numbered.path.join('.');
}

export function mediaType(part: MimePart): string {
  return `${part.type}/${part.subtype}`;
}

export function fileName(part: MimePart): string | null {
  return (
    (part.disposition && param(part.disposition.params, 'filename')) ?? param(part.params, 'name') ?? null
  );
}

export const PART_PROPERTIES = new Set([
  'partId',
  'blobId',
  'size',
  'headers',
  'name',
  'type',
  'charset',
  'disposition',
  'cid',
  'language',
  'location',
  'subParts',
]);
export const DEFAULT_PART_PROPERTIES =
  'partId blobId size name type charset disposition cid language location'.split(' ');

/** Octets of the message whose parts are presented; `read` counts as the structure does, without the row's prefix. */
export interface PartSource {
  /** Undefined when parts have no blobs of their own (a message inside a blob). */
  messageId: number | undefined;
  read(start: number, end: number): Promise<Buffer>;
}

/** An encoded part above this is not decoded just to learn its size. */
const MAX_SIZED = 1_048_576;

/** An EmailBodyPart (RFC 8621 §4.1.4). */
export async function presentPart(
  numbered: NumberedPart,
  wanted: ReadonlySet<string>,
  source: PartSource,
  deep: boolean,
): Promise<{ [key: string]: Json }> {
  const { part } = numbered;
  const partId = partIdOf(numbered);
  const values = new Map<string, Json>();
  const put = (name: string, value: () => Json) => {
    if (wanted.has(name)) values.set(name, value());
  };
  put('partId', () => partId ?? null);
  put('blobId', () => (partId === undefined ? null : partBlobId(numbered, source)));
  put('name', () => fileName(part));
  put('type', () => mediaType(part));
  put('charset', () => (part.type === 'text' ? (param(part.params, 'charset') ?? 'us-ascii') : null));
  put('disposition', () => part.disposition?.type.toLowerCase() ?? null);
  put('cid', () => part.id?.replace(/^\s*<|>\s*$/g, '') ?? null);
  put('language', () => (part.language.length > 0 ? [...part.language] : null));
  put('location', () => part.location);
  if (wanted.has('size')) values.set('size', partId === undefined ? 0 : await decodedSize(part, source));
  const headerProperties = [...wanted].filter((name) => name === 'headers' || name.startsWith('header:'));
  if (headerProperties.length > 0) {
    const headers = rawHeaders(await source.read(part.headerStart, part.start));
    for (const name of headerProperties) values.set(name, presentHeaders(headers, name));
  }
  if (part.type === 'multipart' && (deep || wanted.has('subParts'))) {
    values.set(
      'subParts',
      await Promise.all(numbered.children.map((child) => presentPart(child, wanted, source, deep))),
    );
  }
  return Object.fromEntries(values);
}

function presentHeaders(headers: readonly RawHeader[], name: string): Json {
  if (name === 'headers') return headers.map((header) => ({ name: header.name, value: header.value }));
  const property = readHeaderProperty(name);
  return property ? headerValue(headers, property) : null;
}

function partBlobId(numbered: NumberedPart, source: PartSource): string | null {
  if (source.messageId === undefined) return null;
  return ids.blobIdText({ kind: 'part', messageId: source.messageId, path: [...numbered.path] });
}

async function decodedSize(part: MimePart, source: PartSource): Promise<number> {
  const encoded = part.end - part.start;
  if (part.encoding !== 'base64' && part.encoding !== 'quoted-printable') return encoded;
  if (encoded <= MAX_SIZED)
    return decodeTransfer(await source.read(part.start, part.end), part.encoding).length;
  // Four characters carry three octets; line breaks carry none. At most two octets off.
  return part.encoding === 'base64' ? Math.floor(((encoded - 2 * part.lines) * 3) / 4) : encoded;
}

/** Which parts a reader sees, and which hang on the message (the algorithm of RFC 8621 §4.1.4). */
export interface BodyLists {
  textBody: NumberedPart[];
  htmlBody: NumberedPart[];
  attachments: NumberedPart[];
}

export function bodyLists(root: NumberedPart): BodyLists {
  const lists: BodyLists = { textBody: [], htmlBody: [], attachments: [] };
  sortParts([root], 'mixed', false, lists.htmlBody, lists.textBody, lists.attachments);
  return lists;
}

function isInlineMedia(type: string): boolean {
  return /^(image|audio|video)\//.test(type);
}

function sortParts(
  parts: readonly NumberedPart[],
  multipart: string,
  inAlternative: boolean,
  htmlStart: NumberedPart[] | null,
  textStart: NumberedPart[] | null,
  attachments: NumberedPart[],
): void {
  let html = htmlStart;
  let text = textStart;
  const textLength = text?.length ?? -1;
  const htmlLength = html?.length ?? -1;
  for (const [index, numbered] of parts.entries()) {
    const { part } = numbered;
    const type = mediaType(part);
    if (part.type === 'multipart') {
      sortParts(
        numbered.children,
        part.subtype,
        inAlternative || part.subtype === 'alternative',
        html,
        text,
        attachments,
      );
    } else if (isInline(part, type, index, multipart)) {
      if (multipart === 'alternative') {
        (type === 'text/plain' ? text : type === 'text/html' ? html : attachments)?.push(numbered);
        continue;
      }
      if (inAlternative && type === 'text/plain') html = null;
      if (inAlternative && type === 'text/html') text = null;
      text?.push(numbered);
      html?.push(numbered);
      if ((!text || !html) && isInlineMedia(type)) attachments.push(numbered);
    } else attachments.push(numbered);
  }
  if (multipart === 'alternative' && text && html) {
    // Only one form was given: it serves for the other, too.
    if (textLength === text.length && htmlLength !== html.length) text.push(...html.slice(htmlLength));
    else if (htmlLength === html.length && textLength !== text.length) html.push(...text.slice(textLength));
  }
}

function isInline(part: MimePart, type: string, index: number, multipart: string): boolean {
  if (part.disposition?.type.toLowerCase() === 'attachment') return false;
  if (type !== 'text/plain' && type !== 'text/html' && !isInlineMedia(type)) return false;
  return index === 0 || (multipart !== 'related' && (isInlineMedia(type) || fileName(part) === null));
}
