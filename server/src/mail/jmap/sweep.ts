import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import { deleteUploadsBefore } from './uploads.store.ts';

/** Shorter than the store's patience with orphans (a day), so no upload is offered whose bytes have gone. */
const KEEP_MS = 20 * 3_600_000;

/** Housekeeping: forgets old uploads. Returns how many. */
export function sweepUploads({ db, clock }: { db: Db; clock: Clock }): Promise<number> {
  return deleteUploadsBefore(db, new Date(clock.ms() - KEEP_MS));
}
