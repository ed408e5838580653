import { many, type Queryable, run, sql } from '../../kit/db/index.ts';

export interface StsRow {
  domain: string;
  record_id: string;
  policy: string;
  fetched_at: Date;
  expires_at: Date;
}

export async function findSts(db: Queryable, domain: string): Promise<StsRow | undefined> {
  const rows = await many(
    db,
    sql<StsRow>`select domain, record_id, policy, fetched_at, expires_at from mail.sts_policy where domain = ${domain}`,
  );
  return rows[0];
}

export async function saveSts(db: Queryable, row: StsRow): Promise<void> {
  await run(
    db,
    sql`insert into mail.sts_policy (domain, record_id, policy, fetched_at, expires_at)
        values (${row.domain}, ${row.record_id}, ${row.policy}, ${row.fetched_at}, ${row.expires_at})
        on conflict (domain) do update set record_id = excluded.record_id, policy = excluded.policy,
          fetched_at = excluded.fetched_at, expires_at = excluded.expires_at`,
  );
}

export async function deleteOldSts(db: Queryable, now: Date): Promise<void> {
  await run(db, sql`delete from mail.sts_policy where expires_at < ${now}`);
}
