import { maybe, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';

/** When this reply was last sent, and until when it is not sent again. */
export function findVacationSent(
  db: Queryable,
  accountId: number,
  key: Buffer,
): Promise<{ sentAt: Date; expiresAt: Date } | undefined> {
  return maybe(
    db,
    sql<{ sentAt: Date; expiresAt: Date }>`
      select sent_at as "sentAt", expires_at as "expiresAt" from mail.vacation_sent
      where account_id = ${accountId} and key = ${key}`,
  );
}

export async function saveVacationSent(
  tx: Tx,
  accountId: number,
  key: Buffer,
  now: Date,
  expiresAt: Date,
): Promise<void> {
  await run(
    tx,
    sql`insert into mail.vacation_sent (account_id, key, sent_at, expires_at)
        values (${accountId}, ${key}, ${now}, ${expiresAt})
        on conflict (account_id, key) do update set sent_at = excluded.sent_at, expires_at = excluded.expires_at`,
  );
}

export async function countVacationSent(db: Queryable, accountId: number): Promise<number> {
  const row = await maybe(
    db,
    sql<{ n: number }>`select count(*) as n from mail.vacation_sent where account_id = ${accountId}`,
  );
  return row?.n ?? 0;
}

export async function isDuplicateSeen(
  db: Queryable,
  accountId: number,
  key: Buffer,
  now: Date,
): Promise<boolean> {
  const row = await maybe(
    db,
    sql`select 1 from mail.duplicate_seen where account_id = ${accountId} and key = ${key} and expires_at > ${now}`,
  );
  return row !== undefined;
}

/** Without `restart` the time of an entry that still holds is left alone (RFC 7352 §3.1). */
export async function saveDuplicate(
  tx: Tx,
  accountId: number,
  entry: { key: Buffer; expiresAt: Date; restart: boolean },
  now: Date,
): Promise<void> {
  await run(
    tx,
    sql`insert into mail.duplicate_seen (account_id, key, expires_at) values (${accountId}, ${entry.key}, ${entry.expiresAt})
        on conflict (account_id, key) do update set expires_at = excluded.expires_at
        where ${entry.restart} or mail.duplicate_seen.expires_at <= ${now}`,
  );
}

/** True when the account has not been told of trouble since `since`; then it counts as told now. */
export async function claimTrouble(tx: Tx, accountId: number, now: Date, since: Date): Promise<boolean> {
  const touched = await run(
    tx,
    sql`insert into mail.filter_trouble (account_id, told_at) values (${accountId}, ${now})
        on conflict (account_id) do update set told_at = excluded.told_at where mail.filter_trouble.told_at <= ${since}`,
  );
  return touched > 0;
}

/** What nobody asks for any more, in bounded batches. */
export async function deleteExpired(db: Queryable, now: Date): Promise<void> {
  await run(
    db,
    sql`delete from mail.vacation_sent where (account_id, key) in (
          select account_id, key from mail.vacation_sent where expires_at < ${now} limit 5000)`,
  );
  await run(
    db,
    sql`delete from mail.duplicate_seen where (account_id, key) in (
          select account_id, key from mail.duplicate_seen where expires_at < ${now} limit 5000)`,
  );
}
