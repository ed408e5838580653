import { parseAddresses } from './addresses.ts';
import { type HeaderField, parseHeader } from './header.ts';
import { parseParametrized } from './params.ts';
import type { Envelope, MimePart } from './types.ts';
import { decodeWords } from './words.ts';

/** A stored text of one field is cut here: FETCH ENVELOPE of a mailbox would carry it each time. */
const MAX_TEXT = 2_000;

/** Fields by name; the first one counts where only one is allowed. */
export type Fields = Map<string, string[]>;

export function fieldsOf(block: Buffer): { list: HeaderField[]; byName: Fields } {
  const list = parseHeader(block);
  const byName: Fields = new Map();
  for (const { name, value } of list) {
    const values = byName.get(name);
    if (values) values.push(value);
    else byName.set(name, [value]);
  }
  return { list, byName };
}

export function first(fields: Fields, name: string): string | null {
  return fields.get(name)?.[0] ?? null;
}

function text(fields: Fields, name: string): string | null {
  return first(fields, name)?.slice(0, MAX_TEXT) ?? null;
}

/** What a part's header says about the part; offsets are filled in by the parser. */
export function describePart(
  fields: Fields,
  inDigest: boolean,
): Omit<MimePart, 'headerStart' | 'start' | 'end' | 'lines'> {
  const preset = inDigest ? 'message/rfc822' : 'text/plain';
  const content = parseParametrized(first(fields, 'content-type') ?? preset);
  const match = /^([!-.0-~]{1,100})\/([!-.0-~]{1,100})$/.exec(content.value);
  const disposition = first(fields, 'content-disposition');
  const parsed = disposition === null ? null : parseParametrized(disposition);
  return {
    type: match?.[1] ?? (inDigest ? 'message' : 'text'),
    subtype: match?.[2] ?? (inDigest ? 'rfc822' : 'plain'),
    params: match ? content.params : [],
    id: text(fields, 'content-id'),
    description: text(fields, 'content-description'),
    encoding:
      (first(fields, 'content-transfer-encoding') ?? '7bit')
        .replace(/[^!-~]/g, '')
        .toLowerCase()
        .slice(0, 40) || '7bit',
    disposition:
      parsed && parsed.value !== '' ? { type: parsed.value.slice(0, 100), params: parsed.params } : null,
    language: (first(fields, 'content-language') ?? '')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => /^[A-Za-z0-9-]{1,40}$/.test(tag))
      .slice(0, 10),
    location: text(fields, 'content-location'),
    md5: text(fields, 'content-md5'),
  };
}

export function envelopeOf(fields: Fields): Envelope {
  // Several fields of one kind are against RFC 5322 §3.6 and still sent: their addresses all count.
  const addresses = (name: string) => parseAddresses((fields.get(name) ?? []).join(', '));
  return {
    date: text(fields, 'date'),
    subject: text(fields, 'subject'),
    from: addresses('from'),
    sender: addresses('sender'),
    replyTo: addresses('reply-to'),
    to: addresses('to'),
    cc: addresses('cc'),
    bcc: addresses('bcc'),
    inReplyTo: text(fields, 'in-reply-to'),
    messageId: text(fields, 'message-id'),
  };
}

const MESSAGE_ID = /<([^<>\s]{1,500})>/g;
/** A thread of more remembers its ends. */
const MAX_REFERENCES = 100;

/** Message-ids without brackets: own first, then In-Reply-To, then References; each once. */
export function referencesOf(fields: Fields): string[] {
  const ids = new Set<string>();
  for (const name of ['message-id', 'in-reply-to', 'references']) {
    const found = [...(first(fields, name) ?? '').matchAll(MESSAGE_ID)].map((match) => match[1] ?? '');
    // The beginning of a long References chain ties the thread, its end ties the branch.
    const kept =
      found.length > MAX_REFERENCES ? [...found.slice(0, 10), ...found.slice(-(MAX_REFERENCES - 10))] : found;
    for (const id of name === 'message-id' ? kept.slice(0, 1) : kept) ids.add(id);
  }
  return [...ids];
}

/** Decoded, one line per field, for HEADER searches. */
export function headerLines(list: readonly HeaderField[]): string[] {
  return list.map(({ name, value }) => `${name}: ${decodeWords(value)}`);
}
