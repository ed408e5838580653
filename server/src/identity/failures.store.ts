import { maybe, type Queryable, run, sql } from '../kit/db/index.ts';

export interface FailureRow {
  count: number;
  first_at: Date;
  locked_until: Date | null;
}

export function findFailure(db: Queryable, key: string): Promise<FailureRow | undefined> {
  return maybe(
    db,
    sql<FailureRow>`select count, first_at, locked_until from identity.failure where key = ${key}`,
  );
}

/** Counts one more; a window that is over begins anew. Returns the count. */
export async function addFailure(
  db: Queryable,
  key: string,
  now: Date,
  windowStart: Date,
  lock: { atCount: number; until: Date },
): Promise<number> {
  const row = await maybe(
    db,
    sql<{ count: number }>`
      insert into identity.failure as f (key, count, first_at, last_at) values (${key}, 1, ${now}, ${now})
      on conflict (key) do update set
        count = case when f.first_at < ${windowStart} then 1 else f.count + 1 end,
        first_at = case when f.first_at < ${windowStart} then ${now}::timestamptz else f.first_at end,
        last_at = ${now},
        locked_until = case when f.first_at >= ${windowStart} and f.count + 1 >= ${lock.atCount} then ${lock.until}::timestamptz else null end
      returning count`,
  );
  return row?.count ?? 0;
}

export async function clearFailure(db: Queryable, key: string): Promise<void> {
  await run(db, sql`delete from identity.failure where key = ${key}`);
}

export async function deleteOldFailures(db: Queryable, before: Date): Promise<void> {
  await run(db, sql`delete from identity.failure where last_at < ${before}`);
}
