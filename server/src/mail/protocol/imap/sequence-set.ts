import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';

/** `*` of a set: the largest number in use (RFC 3501 §9, seq-number). */
export const STAR = Number.POSITIVE_INFINITY;

/** One `a:b`, as written: either end may be STAR, and `low` may be above `high`. */
export interface SetRange {
  low: number;
  high: number;
}

export type SequenceSet = readonly SetRange[];

/** A set, or `$`: what SEARCH has saved (RFC 5182, RFC 9051 §9 seq-last-command). */
export type MessageSet = SequenceSet | 'saved';

export function readMessageSet(scanner: Scanner): MessageSet {
  return scanner.accept('$') ? 'saved' : parseSequenceSet(scanner.sequenceText());
}

/** Without this bound one line of 64 KiB could hold 30,000 ranges, and each is a search in the mailbox's index. */
const MAX_RANGES = 16_384;
const MAX_NUMBER = 4_294_967_295;

/** Parses `1,3:5,7:*`. Throws ImapSyntaxError for zero, for numbers above 2^32-1 and for anything else. */
export function parseSequenceSet(text: string): SequenceSet {
  const ranges: SetRange[] = [];
  for (const item of text.split(',', MAX_RANGES + 1)) {
    const match = /^(\*|[1-9]\d{0,9})(?::(\*|[1-9]\d{0,9}))?$/.exec(item);
    if (!match) throw new ImapSyntaxError('Invalid sequence set');
    const low = end(match[1]);
    ranges.push({ low, high: match[2] === undefined ? low : end(match[2]) });
  }
  if (ranges.length > MAX_RANGES) throw new ImapSyntaxError('Sequence set has too many ranges');
  return ranges;
}

function end(text: string | undefined): number {
  if (text === '*') return STAR;
  const value = Number(text);
  if (!(value <= MAX_NUMBER)) throw new ImapSyntaxError('Number too large');
  return value;
}

/**
 * Fills in `*` and returns ascending, disjoint, inclusive ranges.
 * `5:*` with max 3 is 3:5 (RFC 3501 §6.4.8); with an empty mailbox (max 0) STAR matches nothing.
 */
export function resolveSet(set: SequenceSet, max: number): SetRange[] {
  const ranges: SetRange[] = [];
  for (const range of set) {
    const usesStar = range.low === STAR || range.high === STAR;
    if (usesStar && max === 0) continue;
    const a = range.low === STAR ? max : range.low;
    const b = range.high === STAR ? max : range.high;
    ranges.push({ low: Math.min(a, b), high: Math.max(a, b) });
  }
  return mergeRanges(ranges);
}

/** True when some number named by the set without `*` lies above `max`. */
export function exceeds(set: SequenceSet, max: number): boolean {
  return set.some(
    (range) =>
      (range.low !== STAR && range.low > max) ||
      (range.high !== STAR && range.high > max) ||
      (range.low === STAR && max === 0),
  );
}

/** Sorts, and joins overlapping and neighbouring ranges. */
export function mergeRanges(ranges: SetRange[]): SetRange[] {
  const sorted = [...ranges].sort((a, b) => a.low - b.low);
  const merged: SetRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.low <= last.high + 1) last.high = Math.max(last.high, range.high);
    else merged.push({ ...range });
  }
  return merged;
}

/** Is `value` in ascending disjoint ranges? Binary search. */
export function inRanges(ranges: readonly SetRange[], value: number): boolean {
  let left = 0;
  let right = ranges.length - 1;
  while (left <= right) {
    const middle = (left + right) >> 1;
    const range = ranges[middle];
    if (!range) return false;
    if (value < range.low) right = middle - 1;
    else if (value > range.high) left = middle + 1;
    else return true;
  }
  return false;
}

/**
 * Writes numbers as a set in the order given, runs joined: [1,2,3,7] → `1:3,7`; no numbers give an empty string.
 * COPYUID pairs source and destination by position (RFC 4315 §3), so nothing is sorted here.
 */
export function formatSet(numbers: Iterable<number>): string {
  let out = '';
  let low = -1;
  let high = -2;
  const flush = () => {
    if (low >= 0) out += `${out === '' ? '' : ','}${low === high ? low : `${low}:${high}`}`;
  };
  for (const value of numbers) {
    if (value === high + 1) high = value;
    else {
      flush();
      low = value;
      high = value;
    }
  }
  flush();
  return out;
}
