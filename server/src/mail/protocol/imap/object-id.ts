import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';

/** Reads an objectid (RFC 8474 §7) made of a letter and a number of ours; 0 when it is none of ours. */
export function readObjectId(scanner: Scanner, letter: 'M' | 'T' | 'F'): number {
  const text = scanner.atom();
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(text)) throw new ImapSyntaxError('Invalid object id');
  return text.startsWith(letter) && /^.[1-9]\d{0,14}$/.test(text) ? Number(text.slice(1)) : 0;
}
