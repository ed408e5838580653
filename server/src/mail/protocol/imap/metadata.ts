import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';

const MAX_ENTRIES = 100;
const MAX_ENTRY_NAME = 255;

/** Reads one entry name or a list of them (RFC 5464 §4.2). */
export function readEntryNames(scanner: Scanner): string[] {
  if (scanner.peek() !== '(') return [readEntryName(scanner)];
  const names = scanner.list(() => readEntryName(scanner), MAX_ENTRIES);
  if (names.length === 0) throw new ImapSyntaxError('No entry names');
  return names;
}

/** `/private/…` or `/shared/…`, without regard to case, so in lower case (RFC 5464 §3.1). */
export function readEntryName(scanner: Scanner): string {
  const name = scanner.astring().toString('latin1').toLowerCase();
  const good = /^\/(private|shared)(\/[!-$&-)+-.0-~]+)*$/.test(name) && name.length <= MAX_ENTRY_NAME;
  if (!good) throw new ImapSyntaxError('Invalid entry name');
  return name;
}

export interface MetadataOptions {
  maxSize: number | undefined;
  depth: number;
}

/** Reads `(MAXSIZE n DEPTH d) ` if it comes next (RFC 5464 §4.2). */
export function readMetadataOptions(scanner: Scanner): MetadataOptions {
  const options: MetadataOptions = { maxSize: undefined, depth: 0 };
  if (scanner.peek() !== '(') return options;
  scanner.list(() => {
    const name = scanner.keyword();
    scanner.space();
    if (name === 'MAXSIZE') options.maxSize = scanner.number();
    else if (name === 'DEPTH') {
      const depth = scanner.keyword();
      if (depth !== '0' && depth !== '1' && depth !== 'INFINITY') throw new ImapSyntaxError('Invalid DEPTH');
      options.depth = depth === 'INFINITY' ? Number.POSITIVE_INFINITY : Number(depth);
    } else throw new ImapSyntaxError(`Unknown GETMETADATA option ${name}`);
  }, 5);
  scanner.space();
  return options;
}

/** Reads `(entry value …)` of SETMETADATA; undefined removes the entry. */
export function readEntryValues(scanner: Scanner): Map<string, Buffer | undefined> {
  const values = new Map<string, Buffer | undefined>();
  scanner.expect('(');
  do {
    if (values.size >= MAX_ENTRIES) throw new ImapSyntaxError('Too many entries');
    const name = readEntryName(scanner);
    scanner.space();
    values.set(name, scanner.nstring());
  } while (scanner.accept(' '));
  scanner.expect(')');
  return values;
}
