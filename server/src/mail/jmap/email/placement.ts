import { type Context, resolveId } from '../context.ts';
import { invalidProperties, SetFailure } from '../errors.ts';
import * as ids from '../ids.ts';
import { entriesOf, isObject, type Json } from '../json.ts';
import { MAIL_LIMITS } from '../limits.ts';
import { keywordBit } from './present.ts';

/** IMAP's atom characters (RFC 8621 §4.1.1). */
const KEYWORD = /^[\x21\x23-\x24\x26-\x27\x2b-\x5b\x5e-\x7a\x7c-\x7e]{1,100}$/;

/** `{"F1": true}` as mailbox ids; at least one, all of them known. */
export function readMailboxIds(
  context: Context,
  value: Json | undefined,
  known: ReadonlySet<number>,
): number[] {
  if (!isObject(value)) throw invalidProperties(['mailboxIds'], 'must be an object');
  const found = entriesOf(value).map(([id, on]) => {
    if (on !== true) throw invalidProperties(['mailboxIds'], 'every value must be true');
    return readMailboxId(context, id, known);
  });
  if (found.length === 0) throw invalidProperties(['mailboxIds'], 'an Email is in one mailbox at least');
  if (found.length > MAIL_LIMITS.maxMailboxesPerEmail) throw new SetFailure('tooManyMailboxes');
  return found;
}

export function readMailboxId(context: Context, id: string, known: ReadonlySet<number>): number {
  const number = ids.readMailboxId(resolveId(context, id));
  if (number === undefined) throw invalidProperties(['mailboxIds'], `there is no mailbox ${id}`);
  // A mailbox made earlier in this request is not among those read at the start.
  if (!known.has(number) && !id.startsWith('#'))
    throw invalidProperties(['mailboxIds'], `there is no mailbox ${id}`);
  return number;
}

/** `{"$seen": true}` as flag bits and keywords. */
export function readKeywords(value: Json): { flags: number; keywords: string[] } {
  if (value === null) return { flags: 0, keywords: [] };
  if (!isObject(value)) throw invalidProperties(['keywords'], 'must be an object');
  let flags = 0;
  const keywords: string[] = [];
  for (const [name, on] of entriesOf(value)) {
    if (on !== true) throw invalidProperties(['keywords'], 'every value must be true');
    const bit = readKeyword(name);
    if (bit === 0) keywords.push(name.toLowerCase());
    else flags |= bit;
  }
  if (keywords.length > MAIL_LIMITS.maxKeywords) throw new SetFailure('tooManyKeywords');
  return { flags, keywords };
}

/** The flag bit of a keyword, 0 for one that the store keeps by name. */
export function readKeyword(name: string): number {
  if (!KEYWORD.test(name)) throw invalidProperties(['keywords'], `${name} is no keyword`);
  return keywordBit(name);
}

export function readReceivedAt(value: Json | undefined, now: Date): Date {
  if (value === undefined || value === null) return now;
  const date = typeof value === 'string' ? new Date(value) : undefined;
  if (!date || Number.isNaN(date.getTime())) throw invalidProperties(['receivedAt'], 'must be a date');
  return date;
}
