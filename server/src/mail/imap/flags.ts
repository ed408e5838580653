import type { FlagList, SystemFlag } from '../protocol/imap/index.ts';
import { FLAG } from '../store/index.ts';

const BITS: readonly (readonly [SystemFlag, number])[] = [
  ['\\Seen', FLAG.seen],
  ['\\Answered', FLAG.answered],
  ['\\Flagged', FLAG.flagged],
  ['\\Deleted', FLAG.deleted],
  ['\\Draft', FLAG.draft],
];

export function flagBit(flag: SystemFlag): number {
  return BITS.find(([name]) => name === flag)?.[1] ?? 0;
}

export function flagBits(list: FlagList): number {
  let bits = 0;
  for (const flag of list.system) bits |= flagBit(flag);
  return bits;
}

/** Flags of an entry as FETCH FLAGS names them. */
export function flagNames(entry: { flags: number; keywords: readonly string[] }): string[] {
  const names: string[] = [];
  for (const [name, bit] of BITS) if ((entry.flags & bit) !== 0) names.push(name);
  return [...names, ...entry.keywords];
}

const TEXTS: readonly string[] = Array.from({ length: 32 }, (_, flags) =>
  flagNames({ flags, keywords: [] }).join(' '),
);

/** The same as one text, without making a list: FETCH FLAGS of a mailbox writes it 100,000 times. */
export function flagText({ flags, keywords }: { flags: number; keywords: readonly string[] }): string {
  const text = TEXTS[flags & 31] ?? '';
  if (keywords.length === 0) return text;
  return text === '' ? keywords.join(' ') : `${text} ${keywords.join(' ')}`;
}
