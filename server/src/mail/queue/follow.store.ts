import { many, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { State } from './types.ts';

/** One recipient of a transfer, as its sender may know it. */
export interface RecipientView {
  ref: string;
  address: string;
  state: State;
  /** Last answer: enhanced status code and text. */
  status: string | null;
  reply: string | null;
}

/** What has become of every recipient of some transfers. */
export async function listRecipientViews(db: Queryable, refs: readonly string[]): Promise<RecipientView[]> {
  if (refs.length === 0) return [];
  return many(
    db,
    sql<RecipientView>`
      select t.ref, r.address, r.state, r.status, r.reply
      from mail.transfer t join mail.recipient r on r.transfer_id = t.transfer_id
      where t.ref = any(${[...refs]}::text[])`,
  );
}

/**
 * Takes back a message that waits for its time: true when no recipient has been tried. Rows that the runner holds are
 * waited for, so that a message is either sent or canceled, never both.
 */
export async function cancelWaiting(tx: Tx, ref: string, now: Date): Promise<boolean> {
  const rows = await many(
    tx,
    sql<{ waiting: boolean }>`
      select r.state = 'waiting' and r.attempts = 0 and r.next_at > ${now} as waiting
      from mail.recipient r join mail.transfer t on t.transfer_id = r.transfer_id
      where t.ref = ${ref} for update of r`,
  );
  if (rows.length === 0 || rows.some((row) => !row.waiting)) return false;
  await run(
    tx,
    sql`update mail.recipient r set state = 'cancelled', finished_at = ${now}
        from mail.transfer t where t.transfer_id = r.transfer_id and t.ref = ${ref}`,
  );
  return true;
}
