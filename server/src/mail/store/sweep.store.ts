import { many, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';

/** Rows that one statement removes: short transactions, so that nobody waits for the sweeper. */
const BATCH = 1_000;

/** Accounts that have tombstones older than `before`. */
export async function listStaleAccounts(db: Queryable, before: Date): Promise<number[]> {
  const rows = await many(
    db,
    sql<{ account_id: number }>`
      select account_id from (
        select account_id from mail.expunged where expunged_at < ${before} order by expunged_at limit ${BATCH}) x
      union
      select account_id from (select account_id from mail.change where at < ${before} order by at limit ${BATCH}) y`,
  );
  return rows.map((row) => row.account_id);
}

/**
 * Drops old tombstones of one account, raises the low marks, and removes messages without entry and tombstone.
 * The account's row is locked, so no entry of these messages can appear meanwhile.
 */
export async function sweepAccount(tx: Tx, accountId: number, before: Date): Promise<number> {
  await run(tx, sql`select 1 from mail.account where account_id = ${accountId} for no key update`);
  await run(
    tx,
    sql`
      with gone as (
        delete from mail.expunged where (account_id, mailbox_id, uid) in (
          select account_id, mailbox_id, uid from mail.expunged
          where account_id = ${accountId} and expunged_at < ${before} order by modseq limit ${BATCH * 10})
        returning mailbox_id, modseq)
      update mail.mailbox m set low_modseq = greatest(m.low_modseq, g.modseq)
      from (select mailbox_id, max(modseq) as modseq from gone group by mailbox_id) g
      where m.account_id = ${accountId} and m.mailbox_id = g.mailbox_id`,
  );
  await run(
    tx,
    sql`
      with gone as (delete from mail.change where account_id = ${accountId} and at < ${before} returning modseq)
      update mail.account a set low_modseq = greatest(a.low_modseq, g.modseq)
      from (select max(modseq) as modseq from gone) g where a.account_id = ${accountId} and g.modseq is not null`,
  );
  const row = await one(
    tx,
    sql<{ n: number }>`
      with gone as (
        delete from mail.message m where m.account_id = ${accountId} and m.received_at < ${before}
          and not exists (select 1 from mail.entry e where e.account_id = m.account_id and e.message_id = m.message_id)
          and not exists (select 1 from mail.expunged x where x.account_id = m.account_id and x.message_id = m.message_id)
        returning thread_id),
      refs as (
        delete from mail.thread_ref r where r.account_id = ${accountId} and r.thread_id in (select thread_id from gone)
          and not exists (select 1 from mail.message m where m.account_id = r.account_id and m.thread_id = r.thread_id
            and exists (select 1 from mail.entry e where e.account_id = m.account_id and e.message_id = m.message_id)))
      select count(*) as n from gone`,
  );
  return row.n;
}

/**
 * Bodies of one shard (first byte of the hash) that nothing refers to: no message, no transfer still on its way, nothing held.
 * The rows go here; the caller removes the blobs after commit, which spares those that were written again.
 */
export async function deleteUnusedBodies(tx: Tx, shard: number, before: Date): Promise<Buffer[]> {
  const from = Buffer.alloc(32);
  from[0] = shard;
  const to = Buffer.alloc(32, 0xff);
  to[0] = shard;
  const rows = await many(
    tx,
    sql<{ hash: Buffer }>`
      delete from mail.body b where b.hash between ${from} and ${to} and b.touched_at < ${before}
        and not exists (select 1 from mail.message m where m.body_hash = b.hash)
        and not exists (select 1 from mail.transfer t join mail.recipient r using (transfer_id)
          where t.body_hash = b.hash and r.state = 'waiting')
        and not exists (select 1 from mail.quarantine q where q.body_hash = b.hash)
      returning b.hash`,
  );
  return rows.map((row) => row.hash);
}

export async function listKnownBodies(db: Queryable, hashes: readonly Buffer[]): Promise<Set<string>> {
  const rows = await many(
    db,
    sql<{ hash: Buffer }>`select hash from mail.body where hash = any(${hashes}::bytea[])`,
  );
  return new Set(rows.map((row) => row.hash.toString('hex')));
}
