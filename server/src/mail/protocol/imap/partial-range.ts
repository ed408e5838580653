import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';

/** `1:100` counts from the first result, `-1:-100` from the last (RFC 9394 §4); both ends are at least 1. */
export interface PartialRange {
  fromEnd: boolean;
  low: number;
  high: number;
}

const RANGE = /-?[1-9]\d{0,9}:-?[1-9]\d{0,9}/y;

export function readPartialRange(scanner: Scanner): PartialRange {
  const [first = '', second = ''] = scanner.match(RANGE, 'Expected a range').split(':');
  const fromEnd = first.startsWith('-');
  if (second.startsWith('-') !== fromEnd)
    throw new ImapSyntaxError('Both ends of a range count from one side');
  const ends = [Math.abs(Number(first)), Math.abs(Number(second))].sort((a, b) => a - b);
  const [low = 1, high = 1] = ends;
  if (high > 4_294_967_295) throw new ImapSyntaxError('Number too large');
  return { fromEnd, low, high };
}

/** The part of a list that a range names; in the list's own order. */
export function takePartial<T>(list: readonly T[], range: PartialRange): T[] {
  return range.fromEnd
    ? list.slice(Math.max(0, list.length - range.high), Math.max(0, list.length - range.low + 1))
    : list.slice(range.low - 1, range.high);
}

export function formatPartialRange({ fromEnd, low, high }: PartialRange): string {
  return fromEnd ? `-${low}:-${high}` : `${low}:${high}`;
}
