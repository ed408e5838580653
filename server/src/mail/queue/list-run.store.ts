import { maybe, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';

/** How far an expansion has come. */
export interface ListRun {
  after_account: number;
  after_address: string;
  members: number;
  outside: number;
}

/** Begins an expansion, or finds the one that a crash has left. */
export async function beginRun(db: Queryable, recipientId: number, now: Date): Promise<ListRun> {
  await run(
    db,
    sql`insert into mail.list_run (recipient_id, started_at) values (${recipientId}, ${now}) on conflict do nothing`,
  );
  return one(
    db,
    sql<ListRun>`select after_account, after_address, members, outside from mail.list_run where recipient_id = ${recipientId}`,
  );
}

/**
 * Moves an expansion on, in the transaction that writes the batch, and keeps its recipient claimed. False when another
 * runner has moved it meanwhile: then the batch must not be written.
 */
export async function advanceRun(
  tx: Tx,
  recipientId: number,
  from: ListRun,
  to: ListRun,
  leaseUntil: Date,
): Promise<boolean> {
  const moved = await maybe(
    tx,
    sql`update mail.list_run set after_account = ${to.after_account}, after_address = ${to.after_address},
          members = ${to.members}, outside = ${to.outside}
        where recipient_id = ${recipientId} and after_account = ${from.after_account} and after_address = ${from.after_address}
        returning 1`,
  );
  if (moved === undefined) return false;
  return (
    (await run(
      tx,
      sql`update mail.recipient set next_at = ${leaseUntil} where recipient_id = ${recipientId} and state = 'waiting'`,
    )) > 0
  );
}

export async function endRun(tx: Tx, recipientId: number): Promise<void> {
  await run(tx, sql`delete from mail.list_run where recipient_id = ${recipientId}`);
}

/** When the recipient is due again: a hold, a lease, or now. */
export async function postponeRecipient(db: Queryable, recipientId: number, until: Date): Promise<void> {
  await run(
    db,
    sql`update mail.recipient set next_at = ${until} where recipient_id = ${recipientId} and state = 'waiting'`,
  );
}
