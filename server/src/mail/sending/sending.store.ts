import { many, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';

export interface SendCount {
  messages: number;
  recipients: number;
  attempted: number;
}

/** Counts one message into its hour; whoever counts for the same account meanwhile waits for our commit. */
export async function addToHour(
  tx: Tx,
  accountId: number,
  hour: Date,
  recipients: number,
): Promise<SendCount> {
  // A crash may forget the last counts; waiting for the disk at every message costs more than that.
  await run(tx, sql`set local synchronous_commit = off`);
  return one(
    tx,
    sql<SendCount>`insert into mail.send_count as c (account_id, hour, messages, recipients, attempted)
      values (${accountId}, ${hour}, 1, ${recipients}, ${recipients})
      on conflict (account_id, hour) do update set messages = c.messages + 1,
        recipients = c.recipients + excluded.recipients, attempted = c.attempted + excluded.attempted
      returning messages, recipients, attempted`,
  );
}

/** What was sent from `since` until before `hour`. */
export function countBefore(
  tx: Tx,
  accountId: number,
  since: Date,
  hour: Date,
): Promise<{ messages: number; recipients: number }> {
  return one(
    tx,
    sql<{ messages: number; recipients: number }>`select coalesce(sum(messages), 0)::int as messages,
        coalesce(sum(recipients), 0)::int as recipients
      from mail.send_count where account_id = ${accountId} and hour > ${since} and hour < ${hour}`,
  );
}

/** A refused message counts as tried only. */
export async function takeBack(tx: Tx, accountId: number, hour: Date, recipients: number): Promise<void> {
  await run(
    tx,
    sql`update mail.send_count set messages = messages - 1, recipients = recipients - ${recipients}
        where account_id = ${accountId} and hour = ${hour}`,
  );
}

export interface LockRow {
  account_id: number;
  address: string;
  recipients: number;
  locked_at: Date;
}

export async function isLocked(db: Queryable, accountId: number): Promise<boolean> {
  const rows = await many(
    db,
    sql<{ account_id: number }>`select account_id from mail.send_lock where account_id = ${accountId}`,
  );
  return rows.length > 0;
}

/** False when it was locked already. */
export async function insertLock(tx: Tx, row: LockRow): Promise<boolean> {
  const added = await run(
    tx,
    sql`insert into mail.send_lock (account_id, address, recipients, locked_at)
        values (${row.account_id}, ${row.address}, ${row.recipients}, ${row.locked_at}) on conflict do nothing`,
  );
  return added > 0;
}

export function findLocks(db: Queryable, limit: number): Promise<LockRow[]> {
  return many(
    db,
    sql<LockRow>`select account_id, address, recipients, locked_at from mail.send_lock
      order by locked_at desc, account_id limit ${limit}`,
  );
}

/** The address of the account; undefined when it was not locked. Its counts begin anew, or it would lock again at once. */
export async function deleteLock(tx: Tx, accountId: number): Promise<string | undefined> {
  const rows = await many(
    tx,
    sql<{ address: string }>`delete from mail.send_lock where account_id = ${accountId} returning address`,
  );
  if (rows[0]) await run(tx, sql`delete from mail.send_count where account_id = ${accountId}`);
  return rows[0]?.address;
}

export async function deleteOldCounts(db: Queryable, before: Date): Promise<void> {
  await run(db, sql`delete from mail.send_count where hour < ${before}`);
}

export async function deleteSendingOf(tx: Tx, accountId: number): Promise<void> {
  await run(tx, sql`delete from mail.send_count where account_id = ${accountId}`);
  await run(tx, sql`delete from mail.send_lock where account_id = ${accountId}`);
}
