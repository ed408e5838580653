import type { Clock } from '../../kit/clock/index.ts';
import { type Db, type Tx, transaction } from '../../kit/db/index.ts';
import { forgetEmptied, listFull, noteTold } from './quota.store.ts';

/** Per cent of the quota at which people are told. */
const LEVELS = [80, 95] as const;
/** Below this the next filling is news again; a mailbox that swings around 80 % does not write every hour. */
const FORGET_BELOW = 75;
/** Accounts of one round; the next round takes the rest. */
const ROUND = 500;

export type TellQuota = (
  tx: Tx,
  notice: {
    accountId: number;
    template: 'quota_warning';
    params: Record<string, string>;
    key: string;
  },
) => Promise<unknown>;

/**
 * Tells people whose mailboxes fill up, at 80 and at 95 per cent (MAIL-5). It runs beside the deliveries, every few
 * minutes, so that no delivery waits for it.
 */
export function createQuotaWarnings({ db, clock, tell }: { db: Db; clock: Clock; tell: TellQuota }) {
  return async (): Promise<number> => {
    await forgetEmptied(db, FORGET_BELOW);
    let told = 0;
    for (const row of await listFull(db, LEVELS[0], ROUND)) {
      const level = row.percent >= LEVELS[1] ? LEVELS[1] : LEVELS[0];
      const now = clock.now();
      const fresh = await transaction(db, async (tx) => {
        if (!(await noteTold(tx, row.account_id, level, now))) return false;
        await tell(tx, {
          accountId: row.person_id,
          template: 'quota_warning',
          params: {
            address: row.address,
            percent: String(row.percent),
            used: gigabytes(row.used_bytes),
            quota: gigabytes(row.quota_bytes),
          },
          key: `quota:${row.account_id}:${level}:${now.getTime()}`,
        });
        return true;
      });
      if (fresh) told++;
    }
    return told;
  };
}

function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1_073_741_824).toFixed(1)} GB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
