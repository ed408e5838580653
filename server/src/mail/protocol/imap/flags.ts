import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';

/** The system flags that a client may store (RFC 3501 §2.3.2), as we write them. \Recent is the server's alone. */
export const SYSTEM_FLAGS = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'] as const;
export type SystemFlag = (typeof SYSTEM_FLAGS)[number];

export interface FlagList {
  system: ReadonlySet<SystemFlag>;
  /** Keywords as written by the client, without doubles that differ in case only. */
  keywords: readonly string[];
}

/** A message with more keywords than this is a client gone wild; every FETCH FLAGS would carry them all. */
export const MAX_KEYWORDS = 64;
/** Longer keywords do not fit the mailbox's keyword table. */
export const MAX_KEYWORD_LENGTH = 100;
const MAX_FLAGS = 200;

/** Reads `(\Seen $Junk …)`; with `bare`, also flags without parentheses as STORE allows. */
export function readFlags(scanner: Scanner, bare = false): FlagList {
  const names: string[] = [];
  if (!bare || scanner.peek() === '(') names.push(...scanner.list(() => readFlag(scanner), MAX_FLAGS));
  else {
    do names.push(readFlag(scanner));
    while (names.length <= MAX_FLAGS && scanner.accept(' '));
  }
  return flagList(names);
}

/** Sorts names into system flags and keywords. \Recent is let pass and forgotten: old clients send it with APPEND. */
export function flagList(names: readonly string[]): FlagList {
  const system = new Set<SystemFlag>();
  const keywords = new Map<string, string>();
  for (const name of names) {
    const known = systemFlag(name);
    if (known) system.add(known);
    else if (!name.startsWith('\\')) keywords.set(name.toLowerCase(), name);
    else if (!/^\\recent$/i.test(name)) throw new ImapSyntaxError(`Unknown system flag ${name}`);
  }
  if (keywords.size > MAX_KEYWORDS)
    throw new ImapSyntaxError('Too many keywords', { code: 'LIMIT', refusal: true });
  return { system, keywords: [...keywords.values()] };
}

export function systemFlag(name: string): SystemFlag | undefined {
  const lower = name.toLowerCase();
  return SYSTEM_FLAGS.find((flag) => flag.toLowerCase() === lower);
}

export function readFlag(scanner: Scanner): string {
  const name = scanner.accept('\\') ? `\\${scanner.atom()}` : scanner.atom();
  if (name.length > MAX_KEYWORD_LENGTH)
    throw new ImapSyntaxError('Keyword too long', { code: 'LIMIT', refusal: true });
  return name;
}
