import { ImapSyntaxError } from './errors.ts';
import { type PartialRange, readPartialRange } from './partial-range.ts';
import type { Scanner } from './scanner.ts';
import { type Partial, readPartial, readPartNumbers, readSection, type Section } from './section.ts';

const SIMPLE_ITEMS = [
  'FLAGS',
  'UID',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'BODYSTRUCTURE',
  'MODSEQ',
  'EMAILID',
  'THREADID',
  'SAVEDATE',
  'PREVIEW',
] as const;
/** `LAZY` of PREVIEW changes nothing: previews are made at delivery (RFC 8970 §3.1). */
export type SimpleFetchItem = (typeof SIMPLE_ITEMS)[number] | 'BODY';

export type FetchItem =
  | { kind: 'simple'; name: SimpleFetchItem }
  /** A slice of the message; `label` is how the answer names it, e.g. `BODY[TEXT]<0>` or `RFC822.HEADER`. */
  | {
      kind: 'section';
      section: Section;
      partial: Partial | undefined;
      peek: boolean;
      label: 'BODY' | string;
    }
  /** A part with its transfer encoding undone (RFC 3516 §4.2), or the size that this would have. */
  | {
      kind: 'binary';
      part: readonly number[];
      partial: Partial | undefined;
      peek: boolean;
      size: boolean;
    };

export interface FetchArguments {
  items: readonly FetchItem[];
  /** CHANGEDSINCE (RFC 7162 §3.1.4.1). */
  changedSince: number | undefined;
  /** VANISHED (RFC 7162 §3.2.6). */
  vanished: boolean;
  /** PARTIAL (RFC 9394 §3.3). */
  partial: PartialRange | undefined;
}

const SIMPLE = new Map<string, SimpleFetchItem>(SIMPLE_ITEMS.map((name) => [name, name]));
const MACROS = new Map<string, readonly SimpleFetchItem[]>([
  ['FAST', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
  ['ALL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
  ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
]);
const LEGACY = new Map<string, { of: Section['of']; peek: boolean }>([
  ['RFC822', { of: 'all', peek: false }],
  ['RFC822.HEADER', { of: 'header', peek: true }],
  ['RFC822.TEXT', { of: 'text', peek: false }],
]);
/** Each item may stream the whole message: without a bound one line could ask for it 10,000 times. */
const MAX_ITEMS = 100;
const ITEM_NAME = /[A-Za-z0-9.]+/y;

/** Reads what follows the set and the space: items or macro, then modifiers (RFC 4466 §2.4). */
export function readFetchArguments(scanner: Scanner): FetchArguments {
  const items = readItems(scanner);
  let changedSince: number | undefined;
  let vanished = false;
  let partial: PartialRange | undefined;
  if (scanner.accept(' ')) {
    scanner.list(() => {
      const name = scanner.keyword();
      if (name === 'CHANGEDSINCE') {
        scanner.space();
        changedSince = scanner.number(Number.MAX_SAFE_INTEGER);
      } else if (name === 'VANISHED') vanished = true;
      else if (name === 'PARTIAL') {
        scanner.space();
        partial = readPartialRange(scanner);
      } else throw new ImapSyntaxError(`Unknown FETCH modifier ${name}`);
    }, 10);
  }
  return { items: dedupe(items), changedSince, vanished, partial };
}

/** Reads items separated by spaces, without parentheses around them. */
export function readFetchItems(scanner: Scanner): FetchItem[] {
  const items: FetchItem[] = [];
  do {
    if (items.length >= MAX_ITEMS) throw new ImapSyntaxError('List is too long');
    items.push(readItem(scanner));
  } while (scanner.accept(' '));
  return dedupe(items);
}

function readItems(scanner: Scanner): FetchItem[] {
  if (scanner.peek() === '(') {
    const items = scanner.list(() => readItem(scanner), MAX_ITEMS);
    if (items.length === 0) throw new ImapSyntaxError('Nothing to fetch');
    return items;
  }
  for (const [macro, names] of MACROS) {
    if (scanner.accept(macro)) return names.map((name) => ({ kind: 'simple', name }));
  }
  return [readItem(scanner)];
}

function readItem(scanner: Scanner): FetchItem {
  const name = scanner.match(ITEM_NAME, 'Expected a fetch item').toUpperCase();
  const simple = SIMPLE.get(name);
  if (simple) {
    if (simple === 'PREVIEW' && scanner.accept(' (')) scanner.expect('LAZY)');
    return { kind: 'simple', name: simple };
  }
  const legacy = LEGACY.get(name);
  if (legacy) {
    const section: Section = { part: [], of: legacy.of, fields: [] };
    return { kind: 'section', section, partial: undefined, peek: legacy.peek, label: name };
  }
  if (name === 'BODY' && scanner.peek() !== '[') return { kind: 'simple', name: 'BODY' };
  if (name === 'BINARY' || name === 'BINARY.PEEK' || name === 'BINARY.SIZE') {
    const part = readPartNumbers(scanner);
    const size = name === 'BINARY.SIZE';
    return {
      kind: 'binary',
      part,
      partial: size ? undefined : readPartial(scanner),
      peek: name !== 'BINARY',
      size,
    };
  }
  if (name !== 'BODY' && name !== 'BODY.PEEK') throw new ImapSyntaxError(`Unknown fetch item ${name}`);
  const section = readSection(scanner);
  return {
    kind: 'section',
    section,
    partial: readPartial(scanner),
    peek: name === 'BODY.PEEK',
    label: 'BODY',
  };
}

/** The same item twice is answered once: some servers crash clients by answering FLAGS twice. */
function dedupe(items: readonly FetchItem[]): FetchItem[] {
  const seen = new Map(items.map((item) => [JSON.stringify(item), item]));
  return [...seen.values()];
}
