import { encodeWords, formatDate } from '../../protocol/mime/index.ts';
import { invalidProperties, MethodError } from '../errors.ts';
import { get, isObject, type Json } from '../json.ts';
import { type HeaderForm, readHeaderProperty } from './headers.ts';

/** One field to write: `value` is ready for the wire, folds included. */
export interface DraftHeader {
  name: string;
  value: string;
}

const PROPERTIES = new Map<string, { name: string; form: HeaderForm; all?: boolean }>([
  ['messageId', { name: 'Message-ID', form: 'asMessageIds' }],
  ['inReplyTo', { name: 'In-Reply-To', form: 'asMessageIds' }],
  ['references', { name: 'References', form: 'asMessageIds' }],
  ['sender', { name: 'Sender', form: 'asAddresses' }],
  ['from', { name: 'From', form: 'asAddresses' }],
  ['to', { name: 'To', form: 'asAddresses' }],
  ['cc', { name: 'Cc', form: 'asAddresses' }],
  ['bcc', { name: 'Bcc', form: 'asAddresses' }],
  ['replyTo', { name: 'Reply-To', form: 'asAddresses' }],
  ['subject', { name: 'Subject', form: 'asText' }],
  ['sentAt', { name: 'Date', form: 'asDate' }],
]);

/** A subject or address list longer than this is refused, as no mailer would read it. */
const MAX_VALUE = 100_000;

/** The fields that a property stands for: none for null, several for `:all`. Throws invalidProperties. */
export function readHeader(property: string, value: Json): DraftHeader[] {
  const known = PROPERTIES.get(property) ?? readNamed(property);
  if (value === null) return [];
  const values = known.all ? value : [value];
  if (!Array.isArray(values)) throw invalidProperties([property], 'must be a list');
  return values.map((item) => {
    const text = write(property, item, known.form);
    if (text.length > MAX_VALUE) throw invalidProperties([property], 'too long');
    return { name: known.name, value: text };
  });
}

function readNamed(property: string): { name: string; form: HeaderForm; all?: boolean } {
  try {
    const found = readHeaderProperty(property);
    if (found) return found;
  } catch (error) {
    if (!(error instanceof MethodError)) throw error;
  }
  throw invalidProperties([property], 'is no header property');
}

function write(property: string, value: Json, form: HeaderForm): string {
  const wrong = () => invalidProperties([property], 'has the wrong form');
  switch (form) {
    case 'asRaw':
      // A bare line break would let a client write further fields.
      if (typeof value !== 'string' || /[\0]|\r(?!\n)|(?<!\r)\n|\r\n(?![ \t])/.test(value)) throw wrong();
      return value.trim();
    case 'asText':
      if (typeof value !== 'string') throw wrong();
      return fold(encodeWords(oneLine(value)));
    case 'asDate': {
      const date = typeof value === 'string' ? new Date(value) : undefined;
      if (!date || Number.isNaN(date.getTime())) throw wrong();
      return formatDate(date);
    }
    case 'asMessageIds':
    case 'asURLs': {
      if (
        !Array.isArray(value) ||
        !value.every((id) => typeof id === 'string' && /^[\x21-\x3b\x3d\x3f-\x7e]+$/.test(id))
      )
        throw wrong();
      return value.map((id) => `<${String(id)}>`).join(form === 'asURLs' ? ',\r\n ' : '\r\n ');
    }
    case 'asAddresses':
      if (!Array.isArray(value)) throw wrong();
      return value.map((address) => writeAddress(address, wrong)).join(',\r\n ');
    case 'asGroupedAddresses':
      if (!Array.isArray(value)) throw wrong();
      return value.map((group) => writeGroup(group, wrong)).join(',\r\n ');
  }
}

function writeGroup(group: Json, wrong: () => Error): string {
  if (!isObject(group)) throw wrong();
  const { name, addresses } = group;
  if (!Array.isArray(addresses)) throw wrong();
  const list = addresses.map((address) => writeAddress(address, wrong)).join(', ');
  if (name === null || name === undefined) return list;
  if (typeof name !== 'string') throw wrong();
  return `${phrase(name)}: ${list};`;
}

function writeAddress(address: Json, wrong: () => Error): string {
  if (!isObject(address)) throw wrong();
  const email = get(address, 'email');
  const name = get(address, 'name') ?? '';
  if (typeof email !== 'string' || typeof name !== 'string') throw wrong();
  // Drafts may hold an address that is still being typed, but never one that breaks the line or the list.
  if (/[\s<>,;"\\\0-\x1f\x7f]/.test(email) || email.length > 320) throw wrong();
  return name.trim() === '' ? email : `${phrase(name)} <${email}>`;
}

function phrase(name: string): string {
  const text = oneLine(name);
  if (/^[A-Za-z0-9 !#$%&'*+\-/=?^_`{|}~]+$/.test(text)) return text;
  return /^[\x20-\x7e]*$/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : encodeWords(text);
}

function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f]+/g, ' ').trim();
}

/** Folds at spaces so that lines stay within 78 where words allow it (RFC 5322 §2.1.1). */
function fold(text: string): string {
  let line = '';
  const lines: string[] = [];
  // Encoded words come folded already: undo it, or two breaks would end the header.
  for (const word of text.replace(/\r\n /g, ' ').split(' ')) {
    if (line !== '' && line.length + word.length > 70) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\r\n ');
}
