import { ImapSyntaxError } from './errors.ts';
import { type FlagList, readFlags } from './flags.ts';
import type { Scanner } from './scanner.ts';

export interface StoreArguments {
  /** UNCHANGEDSINCE (RFC 7162 §3.1.3). */
  unchangedSince: number | undefined;
  mode: 'replace' | 'add' | 'remove';
  silent: boolean;
  flags: FlagList;
}

/** Reads what follows the set and the space (RFC 3501 §6.4.6). */
export function readStoreArguments(scanner: Scanner): StoreArguments {
  let unchangedSince: number | undefined;
  if (scanner.peek() === '(') {
    scanner.list(() => {
      const name = scanner.keyword();
      if (name !== 'UNCHANGEDSINCE') throw new ImapSyntaxError(`Unknown STORE modifier ${name}`);
      scanner.space();
      unchangedSince = scanner.number(Number.MAX_SAFE_INTEGER);
    }, 5);
    scanner.space();
  }
  const mode = scanner.accept('+') ? 'add' : scanner.accept('-') ? 'remove' : 'replace';
  scanner.expect('FLAGS');
  const silent = scanner.accept('.SILENT');
  scanner.space();
  return { unchangedSince, mode, silent, flags: readFlags(scanner, true) };
}
