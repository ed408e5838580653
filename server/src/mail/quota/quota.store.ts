import { many, type Queryable, run, sql } from '../../kit/db/index.ts';

export interface FullRow {
  account_id: number;
  address: string;
  /** Who is told: oneself, or the owner of a unit mailbox. */
  person_id: number;
  percent: number;
  used_bytes: number;
  quota_bytes: number;
  told: number | null;
}

/** Accounts in use that have filled at least `percent` of their quota, with what they have been told. */
export function listFull(db: Queryable, percent: number, limit: number): Promise<FullRow[]> {
  return many(
    db,
    sql<FullRow>`
      select m.account_id, a.local || '@' || a.domain as address, coalesce(b.owner_id, a.id) as person_id,
        floor(m.used_bytes * 100.0 / a.quota_bytes)::int as percent, m.used_bytes, a.quota_bytes, n.level as told
      from mail.account m
      join directory.account a on a.id = m.account_id
      left join directory.unit_mailbox b on b.account_id = a.id
      left join mail.quota_notice n on n.account_id = m.account_id
      where m.used_bytes * 100 >= a.quota_bytes * ${percent} and not a.disabled and a.deleted_at is null and a.purged_at is null
        and (n.level is null or (n.level < 95 and m.used_bytes * 100 >= a.quota_bytes * 95))
      order by m.account_id limit ${limit}`,
  );
}

/** False when another process has told it in the meantime. */
export async function noteTold(db: Queryable, accountId: number, level: number, now: Date): Promise<boolean> {
  const changed = await run(
    db,
    sql`insert into mail.quota_notice (account_id, level, told_at) values (${accountId}, ${level}, ${now})
        on conflict (account_id) do update set level = excluded.level, told_at = excluded.told_at
        where quota_notice.level < excluded.level`,
  );
  return changed > 0;
}

/** Mailboxes that have room again are told anew next time. */
export async function forgetEmptied(db: Queryable, percent: number): Promise<void> {
  await run(
    db,
    sql`delete from mail.quota_notice n using mail.account m, directory.account a
        where m.account_id = n.account_id and a.id = n.account_id and m.used_bytes * 100 < a.quota_bytes * ${percent}`,
  );
}
