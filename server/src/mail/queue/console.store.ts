import { many, one, type Queryable, run, sql } from '../../kit/db/index.ts';

export interface WaitingRow {
  recipient_id: number;
  sender: string;
  address: string;
  subject: string;
  attempts: number;
  next_at: Date;
  held: boolean;
  reply: string | null;
  created_at: Date;
}

/** What waits to go out, newest first; search by sender, recipient or subject. */
export function findWaiting(
  db: Queryable,
  filter: { search: string | undefined; beforeId: number | undefined; limit: number },
): Promise<WaitingRow[]> {
  const pattern = filter.search === undefined ? null : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
  return many(
    db,
    sql<WaitingRow>`select r.recipient_id, t.sender, r.address, t.subject, r.attempts, r.next_at, r.held, r.reply, t.created_at
      from mail.recipient r join mail.transfer t using (transfer_id)
      where r.state = 'waiting'
        and (${filter.beforeId ?? null}::bigint is null or r.recipient_id < ${filter.beforeId ?? null})
        and (${pattern}::text is null or t.sender ilike ${pattern} or r.address ilike ${pattern} or t.subject ilike ${pattern})
      order by r.recipient_id desc limit ${filter.limit}`,
  );
}

/**
 * Makes a waiting recipient due now and ends the pause of its destination; undefined when it is not waiting any more,
 * else its domain.
 */
export async function makeDue(
  db: Queryable,
  recipientId: number,
  giveUp: boolean,
  now: Date,
): Promise<string | undefined> {
  const rows = await many(
    db,
    sql<{ domain: string }>`update mail.recipient set given_up = given_up or ${giveUp}, held = false,
          -- A try under way goes on: a second one beside it would send the message twice.
          next_at = case when claimed_until > ${now} then next_at else ${now} end
        where recipient_id = ${recipientId} and state = 'waiting' returning domain`,
  );
  const domain = rows[0]?.domain;
  if (domain !== undefined) await run(db, sql`delete from mail.destination where name = ${domain}`);
  return domain;
}

/** Keeps a waiting recipient back, or lets it go on; 0 when it is not waiting any more. */
export function setHeld(db: Queryable, recipientId: number, held: boolean, now: Date): Promise<number> {
  return run(
    db,
    sql`update mail.recipient set held = ${held},
          next_at = case when ${held} or claimed_until > ${now} then next_at else ${now} end
        where recipient_id = ${recipientId} and state = 'waiting'`,
  );
}

export interface WaitingDestinationRow {
  domain: string;
  waiting: number;
  oldest: Date;
  until: Date | null;
  last_error: string | null;
}

/** Domains elsewhere that mail waits for, the most first. */
export function findWaitingDestinations(db: Queryable, limit: number): Promise<WaitingDestinationRow[]> {
  return many(
    db,
    sql<WaitingDestinationRow>`select w.*, d.until, d.last_error from (
        select r.domain, count(*)::int as waiting, min(t.created_at) as oldest
        from mail.recipient r join mail.transfer t using (transfer_id)
        where r.state = 'waiting' and r.account_id is null and r.list_id is null
        group by r.domain order by waiting desc, r.domain limit ${limit}) w
      left join mail.destination d on d.name = w.domain order by w.waiting desc, w.domain`,
  );
}

export interface MailFigures {
  queued: number;
  today: number;
  storage_bytes: number;
}

export function countMail(db: Queryable, dayStart: Date): Promise<MailFigures> {
  return one(
    db,
    sql<MailFigures>`select
      (select count(*)::int from mail.recipient where state = 'waiting') as queued,
      (select count(*)::int from mail.transfer where created_at >= ${dayStart}) as today,
      (select coalesce(sum(used_bytes), 0)::bigint from mail.account) as storage_bytes`,
  );
}

/** Octets in use by account. */
export async function findUsage(db: Queryable, accountIds: number[]): Promise<Map<number, number>> {
  const rows = await many(
    db,
    sql<{ account_id: number; used_bytes: number }>`select account_id, used_bytes from mail.account
      where account_id = any(${accountIds}::bigint[])`,
  );
  return new Map(rows.map((row) => [row.account_id, row.used_bytes]));
}
