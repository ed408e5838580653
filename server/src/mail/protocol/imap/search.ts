import { readDate } from './date.ts';
import { ImapSyntaxError } from './errors.ts';
import { MAX_KEYWORD_LENGTH, type SystemFlag } from './flags.ts';
import { readObjectId } from './object-id.ts';
import { type PartialRange, readPartialRange } from './partial-range.ts';
import type { Scanner } from './scanner.ts';
import { type MessageSet, parseSequenceSet, readMessageSet } from './sequence-set.ts';

/** A search as a tree; texts are decoded from the command's charset. */
export type SearchKey =
  | { key: 'all' }
  | { key: 'none' }
  | { key: 'and'; of: readonly SearchKey[] }
  | { key: 'or'; of: readonly SearchKey[] }
  | { key: 'not'; of: SearchKey }
  | { key: 'seq'; set: MessageSet }
  | { key: 'uid'; set: MessageSet }
  | { key: 'flag'; flag: SystemFlag }
  | { key: 'keyword'; keyword: string }
  | { key: 'text'; where: SearchText; value: string }
  | { key: 'header'; field: string; value: string }
  /** `day` is YYYY-MM-DD; `on` holds for that whole day, `since` from it on, `before` earlier than it. */
  | { key: 'date'; which: 'internal' | 'sent' | 'saved'; op: 'before' | 'on' | 'since'; day: string }
  /** WITHIN (RFC 5032): younger or older than so many seconds. */
  | { key: 'age'; op: 'younger' | 'older'; seconds: number }
  | { key: 'size'; op: 'larger' | 'smaller'; octets: number }
  | { key: 'modseq'; from: number }
  /** EMAILID and THREADID (RFC 8474 §6); `id` is 0 when it cannot be one of ours. */
  | { key: 'object'; of: 'email' | 'thread'; id: number };

export type SearchText = 'subject' | 'from' | 'to' | 'cc' | 'bcc' | 'body' | 'text';

export type SearchReturn = 'MIN' | 'MAX' | 'ALL' | 'COUNT' | 'SAVE' | 'PARTIAL';

export interface SearchReturns {
  items: ReadonlySet<SearchReturn>;
  /** Which results PARTIAL wants (RFC 9394 §3.1). */
  partial: PartialRange | undefined;
}

export interface SearchArguments {
  key: SearchKey;
  /** ESEARCH result options (RFC 4731, 5182, 9394); undefined = the old SEARCH answer. */
  returns: SearchReturns | undefined;
}

/** Deeper trees only come from fuzzers, and each level is a level of our own recursion. */
const MAX_DEPTH = 32;
const MAX_KEYS = 1_000;
const MAX_TEXT = 4_096;

const FLAG_KEYS = new Map<string, { flag: SystemFlag; set: boolean }>([
  ['ANSWERED', { flag: '\\Answered', set: true }],
  ['DELETED', { flag: '\\Deleted', set: true }],
  ['DRAFT', { flag: '\\Draft', set: true }],
  ['FLAGGED', { flag: '\\Flagged', set: true }],
  ['SEEN', { flag: '\\Seen', set: true }],
  ['UNANSWERED', { flag: '\\Answered', set: false }],
  ['UNDELETED', { flag: '\\Deleted', set: false }],
  ['UNDRAFT', { flag: '\\Draft', set: false }],
  ['UNFLAGGED', { flag: '\\Flagged', set: false }],
  ['UNSEEN', { flag: '\\Seen', set: false }],
]);
const TEXT_KEYS = new Map<string, SearchText>([
  ['SUBJECT', 'subject'],
  ['FROM', 'from'],
  ['TO', 'to'],
  ['CC', 'cc'],
  ['BCC', 'bcc'],
  ['BODY', 'body'],
  ['TEXT', 'text'],
]);
const DATE_KEYS = new Map<string, { which: 'internal' | 'sent' | 'saved'; op: 'before' | 'on' | 'since' }>([
  ['BEFORE', { which: 'internal', op: 'before' }],
  ['ON', { which: 'internal', op: 'on' }],
  ['SINCE', { which: 'internal', op: 'since' }],
  ['SENTBEFORE', { which: 'sent', op: 'before' }],
  ['SENTON', { which: 'sent', op: 'on' }],
  ['SENTSINCE', { which: 'sent', op: 'since' }],
  ['SAVEDBEFORE', { which: 'saved', op: 'before' }],
  ['SAVEDON', { which: 'saved', op: 'on' }],
  ['SAVEDSINCE', { which: 'saved', op: 'since' }],
]);

/** Reads everything after `SEARCH `: result options, charset, keys (RFC 3501 §6.4.4, RFC 4466 §2.6.1). */
export function readSearchArguments(scanner: Scanner, utf8Accepted = false): SearchArguments {
  const returns = readSearchReturns(scanner);
  let charset = 'UTF-8';
  if (scanner.accept('CHARSET ')) {
    // RFC 6855 §3: after UTF8=ACCEPT everything is UTF-8, and a charset contradicts that.
    if (utf8Accepted) throw new ImapSyntaxError('CHARSET is not allowed after ENABLE UTF8=ACCEPT');
    charset = scanner.astringText();
    scanner.space();
  }
  return { key: readSearchKeys(scanner, charset), returns };
}

/** Reads `RETURN (…) ` if it comes next; undefined when it does not. */
export function readSearchReturns(scanner: Scanner): SearchReturns | undefined {
  if (!scanner.accept('RETURN ')) return undefined;
  let partial: PartialRange | undefined;
  const items = new Set(
    scanner.list(() => {
      const item = readReturn(scanner);
      if (item === 'PARTIAL') {
        if (partial) throw new ImapSyntaxError('PARTIAL may come once only');
        scanner.space();
        partial = readPartialRange(scanner);
      }
      return item;
    }, 10),
  );
  // RFC 9394 §3.1: one asks for all or for a part.
  if (items.has('PARTIAL') && items.has('ALL'))
    throw new ImapSyntaxError('PARTIAL and ALL exclude each other');
  if (items.size === 0) items.add('ALL');
  scanner.space();
  return { items, partial };
}

/** Reads search keys up to the end of the command. */
export function readSearchKeys(scanner: Scanner, charset: string): SearchKey {
  const state = { scanner, decode: decoder(charset), count: 0 };
  const keys = [readKey(state, 0)];
  while (scanner.accept(' ')) keys.push(readKey(state, 0));
  return all(keys);
}

const RETURNS: readonly SearchReturn[] = ['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE', 'PARTIAL'];

function readReturn(scanner: Scanner): SearchReturn {
  const name = scanner.keyword();
  const found = RETURNS.find((known) => known === name);
  if (!found) throw new ImapSyntaxError(`Unknown SEARCH return option ${name}`);
  return found;
}

interface State {
  scanner: Scanner;
  decode: (bytes: Buffer) => string;
  count: number;
}

function readKey(state: State, depth: number): SearchKey {
  const { scanner } = state;
  if (depth > MAX_DEPTH || ++state.count > MAX_KEYS) throw new ImapSyntaxError('Search is too complex');
  if (scanner.peek() === '(') {
    const keys = scanner.list(() => readKey(state, depth + 1), MAX_KEYS);
    if (keys.length === 0) throw new ImapSyntaxError('Empty search group');
    return all(keys);
  }
  if (scanner.accept('$')) return { key: 'seq', set: 'saved' };
  if (/[\d*]/.test(scanner.peek())) return { key: 'seq', set: parseSequenceSet(scanner.sequenceText()) };
  return readNamed(state, scanner.keyword(), depth);
}

function readNamed(state: State, name: string, depth: number): SearchKey {
  const { scanner } = state;
  const flag = FLAG_KEYS.get(name);
  if (flag) return flag.set ? { key: 'flag', flag: flag.flag } : not({ key: 'flag', flag: flag.flag });
  const where = TEXT_KEYS.get(name);
  if (where) return { key: 'text', where, value: readText(state) };
  const date = DATE_KEYS.get(name);
  if (date) {
    scanner.space();
    return { key: 'date', ...date, day: readDate(scanner) };
  }
  switch (name) {
    case 'ALL':
    case 'OLD':
    // RFC 8514 §4.3: every mailbox of ours keeps the date.
    case 'SAVEDATESUPPORTED':
      return { key: 'all' };
    // We never announce \Recent, so nothing is recent and everything is old (RFC 9051 dropped it).
    case 'RECENT':
    case 'NEW':
      return { key: 'none' };
    case 'NOT':
      scanner.space();
      return not(readKey(state, depth + 1));
    case 'OR': {
      scanner.space();
      const left = readKey(state, depth + 1);
      scanner.space();
      return { key: 'or', of: [left, readKey(state, depth + 1)] };
    }
    case 'KEYWORD':
    case 'UNKEYWORD': {
      scanner.space();
      const key: SearchKey = { key: 'keyword', keyword: readKeyword(scanner) };
      return name === 'KEYWORD' ? key : not(key);
    }
    case 'HEADER': {
      scanner.space();
      const field = scanner.astring().toString('latin1');
      return { key: 'header', field, value: readText(state) };
    }
    case 'UID':
      scanner.space();
      return { key: 'uid', set: readMessageSet(scanner) };
    case 'LARGER':
    case 'SMALLER':
      scanner.space();
      return {
        key: 'size',
        op: name === 'LARGER' ? 'larger' : 'smaller',
        octets: scanner.number(Number.MAX_SAFE_INTEGER),
      };
    case 'YOUNGER':
    case 'OLDER':
      scanner.space();
      return { key: 'age', op: name === 'YOUNGER' ? 'younger' : 'older', seconds: scanner.number() };
    case 'MODSEQ':
      return readModseq(scanner);
    case 'EMAILID':
    case 'THREADID':
      scanner.space();
      return name === 'EMAILID'
        ? { key: 'object', of: 'email', id: readObjectId(scanner, 'M') }
        : { key: 'object', of: 'thread', id: readObjectId(scanner, 'T') };
    default:
      throw new ImapSyntaxError(`Unknown search key ${name}`);
  }
}

/** MODSEQ [entry-name entry-type] value (RFC 7162 §3.1.5); we keep one modseq a message, so the entry says nothing. */
function readModseq(scanner: Scanner): SearchKey {
  scanner.space();
  if (scanner.peek() === '"') {
    scanner.string();
    scanner.space();
    const type = scanner.keyword();
    if (type !== 'ALL' && type !== 'PRIV' && type !== 'SHARED')
      throw new ImapSyntaxError('Unknown entry type');
    scanner.space();
  }
  return { key: 'modseq', from: scanner.number(Number.MAX_SAFE_INTEGER) };
}

function readKeyword(scanner: Scanner): string {
  const keyword = scanner.atom();
  if (keyword.length > MAX_KEYWORD_LENGTH) throw new ImapSyntaxError('Keyword too long');
  return keyword;
}

function readText(state: State): string {
  state.scanner.space();
  const bytes = state.scanner.astring();
  if (bytes.length > MAX_TEXT) throw new ImapSyntaxError('Search text too long');
  return state.decode(bytes);
}

function not(of: SearchKey): SearchKey {
  return { key: 'not', of };
}

function all(keys: readonly SearchKey[]): SearchKey {
  const [only] = keys;
  return keys.length === 1 && only ? only : { key: 'and', of: keys };
}

const CHARSETS = new Set([
  'utf-8',
  'us-ascii',
  'gb18030',
  'gbk',
  'gb2312',
  'big5',
  'iso-8859-1',
  'windows-1252',
  'iso-2022-jp',
  'shift_jis',
  'euc-jp',
  'euc-kr',
  'koi8-r',
]);

function decoder(charset: string): (bytes: Buffer) => string {
  const label = charset.toLowerCase();
  if (!CHARSETS.has(label)) {
    throw new ImapSyntaxError('Unknown charset', {
      code: 'BADCHARSET (UTF-8 US-ASCII GB18030 GBK BIG5)',
      refusal: true,
    });
  }
  const text = new TextDecoder(label === 'us-ascii' ? 'utf-8' : label, { fatal: true });
  return (bytes) => {
    try {
      return text.decode(bytes);
    } catch {
      throw new ImapSyntaxError(`Search text is not ${charset}`);
    }
  };
}
