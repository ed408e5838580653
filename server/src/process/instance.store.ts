import { maybe, one, type Queryable, run, sql } from '../kit/db/index.ts';

/** undefined: this database has never been used. */
export async function findInstance(db: Queryable): Promise<{ sample: boolean } | undefined> {
  return maybe(db, sql<{ sample: boolean }>`select sample from kit.instance`);
}

export async function insertInstance(db: Queryable, sample: boolean, now: Date): Promise<void> {
  await run(
    db,
    sql`insert into kit.instance (sample, created_at) values (${sample}, ${now}) on conflict do nothing`,
  );
}

export async function serverVersion(db: Queryable): Promise<number> {
  return (await one(db, sql<{ n: number }>`select current_setting('server_version_num')::int as n`)).n;
}
