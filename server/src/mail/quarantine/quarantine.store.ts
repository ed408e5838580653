import { many, maybe, type Queryable, run, sql } from '../../kit/db/index.ts';

/** What was held for a distribution list is nobody's own: administrators decide. */
export const NOBODY = 0;

export interface HeldRow {
  quarantine_id: number;
  ref: string;
  account_id: number;
  shared: boolean;
  address: string;
  sender: string;
  author: string;
  subject: string;
  reason: 'spam' | 'virus';
  detail: string;
  body_hash: Buffer;
  size_bytes: number;
  header: Buffer;
  authenticated: boolean;
  smtputf8: boolean;
  remote: string | null;
  helo: string | null;
  held_at: Date;
  expires_at: Date;
  state: 'held' | 'released' | 'deleted';
}

export type NewHeld = Omit<HeldRow, 'quarantine_id' | 'state' | 'account_id' | 'shared' | 'address'> & {
  recipients: readonly { accountId: number; shared: boolean; address: string }[];
};

export async function insertHeld(db: Queryable, held: NewHeld): Promise<void> {
  const { recipients } = held;
  await run(
    db,
    sql`insert into mail.quarantine (ref, account_id, shared, address, sender, author, subject, reason, detail, body_hash,
          size_bytes, header, authenticated, smtputf8, remote, helo, held_at, expires_at)
        select ${held.ref}, r.*, ${held.sender}, ${held.author}, ${held.subject}, ${held.reason}, ${held.detail},
          ${held.body_hash}, ${held.size_bytes}, ${held.header}, ${held.authenticated}, ${held.smtputf8}, ${held.remote},
          ${held.helo}, ${held.held_at}, ${held.expires_at}
        from unnest(${recipients.map((one) => one.accountId)}::bigint[], ${recipients.map((one) => one.shared)}::boolean[],
          ${recipients.map((one) => one.address)}::text[]) as r`,
  );
}

/** What is held, newest first; search by sender, author, recipient or subject. */
export function findHeld(
  db: Queryable,
  filter: {
    search: string | undefined;
    reason: string | undefined;
    beforeId: number | undefined;
    limit: number;
  },
): Promise<HeldRow[]> {
  const pattern = filter.search === undefined ? null : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
  return many(
    db,
    sql<HeldRow>`select * from mail.quarantine
      where state = 'held'
        and (${filter.beforeId ?? null}::bigint is null or quarantine_id < ${filter.beforeId ?? null})
        and (${filter.reason ?? null}::text is null or reason = ${filter.reason ?? null})
        and (${pattern}::text is null or sender ilike ${pattern} or author ilike ${pattern}
          or address ilike ${pattern} or subject ilike ${pattern})
      order by quarantine_id desc limit ${filter.limit}`,
  );
}

export function findOne(db: Queryable, id: number): Promise<HeldRow | undefined> {
  return maybe(db, sql<HeldRow>`select * from mail.quarantine where quarantine_id = ${id}`);
}

/** Ends the holding; only the first of several who try gets the row. */
export function settleHeld(
  db: Queryable,
  id: number,
  state: 'released' | 'deleted',
  now: Date,
): Promise<HeldRow | undefined> {
  return maybe(
    db,
    sql<HeldRow>`update mail.quarantine set state = ${state}, done_at = ${now}
        where quarantine_id = ${id} and state = 'held' returning *`,
  );
}

/** Accounts with held spam that no digest has told of. */
export async function listUntold(db: Queryable): Promise<number[]> {
  const rows = await many(
    db,
    sql<{ account_id: number }>`select distinct account_id from mail.quarantine
      where state = 'held' and digested_at is null and reason = 'spam' and account_id <> ${NOBODY}`,
  );
  return rows.map((row) => row.account_id);
}

/** Takes the untold rows of one account for a digest. */
export function takeUntold(db: Queryable, accountId: number, now: Date): Promise<HeldRow[]> {
  return many(
    db,
    sql<HeldRow>`update mail.quarantine set digested_at = ${now}
      where account_id = ${accountId} and state = 'held' and digested_at is null and reason = 'spam' returning *`,
  );
}

export function deleteOf(db: Queryable, accountId: number): Promise<number> {
  return run(db, sql`delete from mail.quarantine where account_id = ${accountId}`);
}

export function deleteExpired(db: Queryable, now: Date, limit: number): Promise<number> {
  return run(
    db,
    sql`delete from mail.quarantine where quarantine_id in (
          select quarantine_id from mail.quarantine where expires_at < ${now} order by expires_at limit ${limit})`,
  );
}
