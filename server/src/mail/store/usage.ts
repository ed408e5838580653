import type { Clock } from '../../kit/clock/index.ts';

/** Accounts remembered; beyond it the memory starts anew. */
const MAX_KNOWN = 200_000;
/** Other processes add mail too; after this the database is asked again. */
const REMEMBER_MS = 10_000;

/** How full accounts were a moment ago: RCPT asks a thousand times a second, and the database need not. */
export interface UsageMemory {
  /** Octets; undefined when nothing recent is known. Never misses what this process has added. */
  recall(accountId: number): number | undefined;
  note(accountId: number, bytes: number): void;
}

export function createUsageMemory(clock: Clock): UsageMemory {
  const known = new Map<number, { bytes: number; at: number }>();
  return {
    recall(accountId) {
      const one = known.get(accountId);
      return one && Math.abs(clock.ms() - one.at) < REMEMBER_MS ? one.bytes : undefined;
    },
    note(accountId, bytes) {
      if (known.size >= MAX_KNOWN) known.clear();
      // The time of the reading stays, so that a busy account is read anew as well.
      const before = known.get(accountId);
      const fresh = before === undefined || Math.abs(clock.ms() - before.at) >= REMEMBER_MS;
      known.set(accountId, { bytes, at: fresh ? clock.ms() : before.at });
    },
  };
}
