import type { UidRange } from './types.ts';

/** Sorted, merged, open ends closed: as two arrays for unnest. */
export function normalizeRanges(ranges: readonly UidRange[]): { from: number[]; to: number[] } {
  const sorted = ranges
    .map(({ from, to }) => (from <= to ? [from, to] : [to, from]))
    .map(([from, to]) => [Math.max(1, bound(from)), bound(to)] as const)
    .sort((a, b) => a[0] - b[0]);
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [from, to] of sorted) {
    const last = ends.length - 1;
    const end = ends[last];
    if (end !== undefined && from <= end + 1) ends[last] = Math.max(end, to);
    else {
      starts.push(from);
      ends.push(to);
    }
  }
  return { from: starts, to: ends };
}

function bound(value: number | undefined): number {
  return value === undefined || value > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : value;
}

export function rangesOf(uids: readonly number[]): UidRange[] {
  const { from, to } = normalizeRanges(uids.map((uid) => ({ from: uid, to: uid })));
  return from.map((start, index) => ({ from: start, to: to[index] ?? start }));
}

/** `{1,2,3}` as PostgreSQL prints a bigint array; much faster than the driver's own parser for long ones. */
export function parseIds(text: string | null): number[] {
  return text === null || text.length <= 2 ? [] : text.slice(1, -1).split(',').map(Number);
}
