import { addressesText } from './addresses.ts';
import { clean, decodeText, foldText } from './charset.ts';
import { parseDate } from './date.ts';
import { htmlToText } from './html-text.ts';
import { param } from './params.ts';
import { createStructureParser, type Structure, type TextPart } from './parser.ts';
import { envelopeOf, fieldsOf, headerLines, referencesOf } from './part-header.ts';
import { baseSubject } from './subject.ts';
import { decodeTransfer } from './transfer.ts';
import type { MimePart, ParsedMessage } from './types.ts';
import { decodeWords } from './words.ts';

/** Decoded text kept for search (characters): what a long report has; attachments are not text. */
const MAX_SEARCH = 1_000_000;
const MAX_FOLD = 8_000;
const MAX_SUBJECT = 1_000;
const PREVIEW = 256;

export interface MessageParser {
  write(chunk: Buffer): void;
  finish(): ParsedMessage;
}

/** Reads a message in one pass while it streams by; `finish` gives all that the store keeps beside the bytes. */
export function createMessageParser(): MessageParser {
  const parser = createStructureParser();
  return { write: parser.write, finish: () => describe(parser.finish()) };
}

export function parseMessage(bytes: Buffer): ParsedMessage {
  const parser = createMessageParser();
  parser.write(bytes);
  return parser.finish();
}

function describe(structure: Structure): ParsedMessage {
  const { list, byName } = fieldsOf(structure.header);
  const envelope = envelopeOf(byName);
  const subject = decodeWords(envelope.subject ?? '').slice(0, MAX_SUBJECT);
  const { preview, bodyText, complete } = readTexts(structure.texts);
  const fold = (text: string) => foldText(clean(text)).slice(0, MAX_FOLD);
  return {
    size: structure.size,
    headerSize: structure.root.start,
    header: structure.header,
    envelope: cleanDeep(envelope),
    structure: cleanDeep(structure.root),
    subject: clean(subject),
    baseSubject: clean(baseSubject(subject)).slice(0, MAX_SUBJECT),
    references: referencesOf(byName).map(clean),
    sentAt: envelope.date === null ? undefined : parseDate(envelope.date),
    preview,
    hasAttachment: hasAttachment(structure.root, false),
    headerText: clean(headerLines(list).map(foldText).join('\n')),
    bodyText,
    complete: structure.complete && complete,
    fold: {
      from: fold(addressesText(envelope.from)),
      to: fold(addressesText(envelope.to)),
      cc: fold(addressesText(envelope.cc)),
      bcc: fold(addressesText(envelope.bcc)),
      subject: fold(subject),
    },
    received: list.filter((field) => field.name === 'received').length,
  };
}

/** Text of one part as a reader sees it. */
export function readTextPart(bytes: Buffer, part: MimePart): string {
  const text = decodeText(decodeTransfer(bytes, part.encoding), param(part.params, 'charset'));
  return part.subtype === 'html' ? htmlToText(text) : text;
}

function readTexts(texts: readonly TextPart[]): { preview: string; bodyText: string; complete: boolean } {
  const folded: string[] = [];
  let total = 0;
  let complete = true;
  let plain = '';
  let html = '';
  for (const { part, bytes } of texts) {
    if (total >= MAX_SEARCH) {
      complete = false;
      break;
    }
    const text = readTextPart(bytes, part);
    if (part.disposition?.type !== 'attachment') {
      if (part.subtype === 'html') html ||= text;
      else if (part.subtype === 'plain') plain ||= text;
    }
    const searchable = foldText(text);
    folded.push(searchable.slice(0, MAX_SEARCH - total));
    if (total + searchable.length > MAX_SEARCH) complete = false;
    total += searchable.length;
  }
  const preview = previewOf(plain) || previewOf(html);
  return { preview, bodyText: clean(folded.join('\n')), complete };
}

function previewOf(text: string): string {
  // Cut before the replacements: only the beginning is wanted.
  const visible = text.slice(0, PREVIEW * 8).replace(/(?:\s|[\u200b-\u200f\ufeff\u00ad]|\u034f)+/g, ' ');
  return clean([...visible.trim().slice(0, PREVIEW * 2)].slice(0, PREVIEW).join(''));
}

const SIGNATURES = new Set([
  'pgp-signature',
  'pkcs7-signature',
  'x-pkcs7-signature',
  'pkcs7-mime',
  'x-pkcs7-mime',
]);

/** Would a reader's list show a paper clip? Inline pictures and signatures are none. */
function hasAttachment(part: MimePart, related: boolean): boolean {
  if (part.parts) return part.parts.some((child) => hasAttachment(child, part.subtype === 'related'));
  if (SIGNATURES.has(part.subtype)) return false;
  if (part.disposition?.type === 'attachment') return true;
  if (part.type === 'multipart') return false;
  const named = param(part.params, 'name') ?? param(part.disposition?.params ?? [], 'filename');
  if (part.type === 'text')
    return named !== undefined && part.subtype !== 'html' && part.subtype !== 'calendar';
  if (part.type === 'image' && (related || part.id !== null)) return false;
  return part.type !== 'image' || part.disposition?.type !== 'inline' || named !== undefined;
}

/** Every text in a value, cleaned for PostgreSQL. */
function cleanDeep<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? clean(inner) : inner)),
  ) as T;
}
