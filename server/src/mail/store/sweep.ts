import type { BlobStore } from '../../kit/blobs/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import { type Db, transaction } from '../../kit/db/index.ts';
import { deleteUnusedBodies, listKnownBodies, listStaleAccounts, sweepAccount } from './sweep.store.ts';

/** Deleted mail can be restored for so long; then its rows go. */
export const RESTORE_DAYS = 30;
const RESTORE_MS = RESTORE_DAYS * 86_400_000;
/** A body younger than this may belong to a session that has not committed yet. */
const GRACE_MS = 24 * 3_600_000;
/** Of the 256 shards, how many one run looks at: all of them in 16 runs. */
const SHARDS_PER_RUN = 16;

/** Removes what nobody can reach any more; safe to run at any time and in several processes. */
export function createSweeper({ db, blobs, clock }: { db: Db; blobs: BlobStore; clock: Clock }) {
  let nextShard = 0;

  async function sweepShard(shard: number, before: Date): Promise<number> {
    const gone = await transaction(db, (tx) => deleteUnusedBodies(tx, shard, before));
    for (const hash of gone) await blobs.delete(hash, GRACE_MS);
    await sweepOrphans(shard);
    return gone.length;
  }

  /** Files without a row: what a crash between the body store and the transaction leaves. */
  async function sweepOrphans(shard: number): Promise<void> {
    let batch: Buffer[] = [];
    const check = async () => {
      const known = await listKnownBodies(db, batch);
      for (const hash of batch) if (!known.has(hash.toString('hex'))) await blobs.delete(hash, GRACE_MS);
      batch = [];
    };
    for await (const hash of blobs.list(shard.toString(16).padStart(2, '0'))) {
      batch.push(hash);
      if (batch.length >= 500) await check();
    }
    if (batch.length > 0) await check();
  }

  return async (): Promise<{ bodies: number; messages: number }> => {
    const now = clock.ms();
    let messages = 0;
    for (const accountId of await listStaleAccounts(db, new Date(now - RESTORE_MS))) {
      messages += await transaction(db, (tx) => sweepAccount(tx, accountId, new Date(now - RESTORE_MS)));
    }
    let bodies = 0;
    for (let turn = 0; turn < SHARDS_PER_RUN; turn++) {
      bodies += await sweepShard(nextShard, new Date(now - GRACE_MS));
      nextShard = (nextShard + 1) % 256;
    }
    return { bodies, messages };
  };
}
