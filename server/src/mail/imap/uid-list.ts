import type { SetRange } from '../protocol/imap/index.ts';

/**
 * The UIDs of a mailbox in order, as runs: an ordinary mailbox of 100,000 messages is a handful of runs, not
 * 100,000 numbers. Immutable, so sessions and the per-process cache share one list.
 */
export interface UidList {
  readonly length: number;
  /** How many runs it takes: what it costs in memory. */
  readonly runs: number;
  /** The UID of a sequence number 1..length; undefined outside. */
  at(sequence: number): number | undefined;
  /** The sequence number of a UID; 0 when it is not in the list. */
  sequenceOf(uid: number): number;
  /** The largest UID; 0 for an empty list. */
  last(): number;
  /** UIDs of the list that lie in ascending disjoint UID ranges, ascending. */
  within(ranges: readonly SetRange[]): number[];
  /** UIDs for ascending disjoint ranges of sequence numbers, ascending. */
  atSequences(ranges: readonly SetRange[]): number[];
  /** The list without some UIDs. */
  without(uids: ReadonlySet<number>): UidList;
  /** The list with more UIDs, all larger than `last()`, ascending. */
  with(uids: readonly number[]): UidList;
  [Symbol.iterator](): Iterator<number>;
}

/** Builds a list from ascending UIDs. */
export function uidList(ascending: Iterable<number>): UidList {
  const starts: number[] = [];
  const counts: number[] = [];
  append(starts, counts, ascending);
  return build(starts, counts);
}

function append(starts: number[], counts: number[], ascending: Iterable<number>): void {
  for (const uid of ascending) {
    const run = starts.length - 1;
    const start = starts[run];
    const count = counts[run];
    if (start !== undefined && count !== undefined && uid === start + count) counts[run] = count + 1;
    else {
      starts.push(uid);
      counts.push(1);
    }
  }
}

function build(startNumbers: readonly number[], counts: readonly number[]): UidList {
  const starts = Float64Array.from(startNumbers);
  // before[i] = how many UIDs precede run i; one more entry holds the total.
  const before = new Float64Array(starts.length + 1);
  for (const [index, count] of counts.entries()) before[index + 1] = (before[index] ?? 0) + count;
  const length = before[starts.length] ?? 0;

  const list: UidList = {
    length,
    runs: starts.length,
    at(sequence) {
      if (!Number.isInteger(sequence) || sequence < 1 || sequence > length) return undefined;
      const run = lastAtMost(before.subarray(0, starts.length), sequence - 1);
      return (starts[run] ?? 0) + sequence - 1 - (before[run] ?? 0);
    },
    sequenceOf(uid) {
      const run = lastAtMost(starts, uid);
      if (run < 0) return 0;
      const offset = uid - (starts[run] ?? 0);
      const first = before[run] ?? 0;
      return offset < (before[run + 1] ?? 0) - first ? first + offset + 1 : 0;
    },
    last() {
      return list.at(length) ?? 0;
    },
    within(ranges) {
      const found: number[] = [];
      for (const range of ranges) {
        for (let run = Math.max(0, lastAtMost(starts, range.low)); run < starts.length; run++) {
          const start = starts[run] ?? 0;
          if (start > range.high) break;
          const end = start + (before[run + 1] ?? 0) - (before[run] ?? 0) - 1;
          for (let uid = Math.max(start, range.low); uid <= Math.min(end, range.high); uid++) found.push(uid);
        }
      }
      return found;
    },
    atSequences(ranges) {
      const found: number[] = [];
      for (const range of ranges) {
        for (let sequence = Math.max(1, range.low); sequence <= Math.min(length, range.high); sequence++) {
          const uid = list.at(sequence);
          if (uid !== undefined) found.push(uid);
        }
      }
      return found;
    },
    without(uids) {
      if (uids.size === 0) return list;
      return uidList([...list].filter((uid) => !uids.has(uid)));
    },
    with(uids) {
      if (uids.length === 0) return list;
      const nextStarts = Array.from(starts);
      const nextCounts = Array.from(starts, (_, run) => (before[run + 1] ?? 0) - (before[run] ?? 0));
      append(nextStarts, nextCounts, uids);
      return build(nextStarts, nextCounts);
    },
    *[Symbol.iterator]() {
      for (let run = 0; run < starts.length; run++) {
        const start = starts[run] ?? 0;
        const count = (before[run + 1] ?? 0) - (before[run] ?? 0);
        for (let offset = 0; offset < count; offset++) yield start + offset;
      }
    },
  };
  return list;
}

/** Index of the last element that is not above `value`; -1 when all are. */
function lastAtMost(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
