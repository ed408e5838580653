import type { LockedSender } from '@hongyan/contract';
import type { Audit } from '../../audit/index.ts';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import { type Db, transaction } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import * as store from './sending.store.ts';

/** Shown at once; more than that is an outbreak, and the list fills up again as they are unlocked. */
const MAX_SHOWN = 500;

export type LockedSenders = ReturnType<typeof createLockedSenders>;

/** Accounts whose sending is locked, as administrators of the institution see and unlock them. */
export function createLockedSenders(parts: { db: Db; audit: Audit; directory: Directory }) {
  const { db, audit, directory } = parts;
  return {
    async list(actor: Actor): Promise<{ items: LockedSender[] }> {
      requireInstitutionWide(await directory.authority(actor));
      const rows = await store.findLocks(db, MAX_SHOWN);
      return {
        items: rows.map((row) => ({
          accountId: row.account_id,
          address: row.address,
          recipients: row.recipients,
          lockedAt: row.locked_at.toISOString(),
        })),
      };
    },
    async unlock(actor: Actor, accountId: number): Promise<void> {
      requireInstitutionWide(await directory.authority(actor));
      await transaction(db, async (tx) => {
        const address = await store.deleteLock(tx, accountId);
        if (address === undefined) throw commonErrors.not_found();
        await audit.record(tx, actor, { action: 'sender.unlock', target: address });
      });
    },
  };
}
