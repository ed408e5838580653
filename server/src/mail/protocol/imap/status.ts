import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';

const ITEMS = [
  'MESSAGES',
  'RECENT',
  'UIDNEXT',
  'UIDVALIDITY',
  'UNSEEN',
  'HIGHESTMODSEQ',
  'SIZE',
  'DELETED',
  'DELETED-STORAGE',
  'APPENDLIMIT',
  'MAILBOXID',
] as const;
export type StatusItem = (typeof ITEMS)[number];

/** Reads `(MESSAGES UIDNEXT …)` (RFC 3501 §6.3.10, 7162, 8438, 7889, 8474, 9208). */
export function readStatusItems(scanner: Scanner): StatusItem[] {
  const items = scanner.list(() => {
    const name = scanner.keyword();
    const item = ITEMS.find((known) => known === name);
    if (!item) throw new ImapSyntaxError(`Unknown STATUS item ${name}`);
    return item;
  }, 20);
  if (items.length === 0) throw new ImapSyntaxError('No STATUS items');
  return [...new Set(items)];
}
