import { many, type Queryable, run, sql } from '../../kit/db/index.ts';

export interface DestinationRow {
  name: string;
  failures: number;
  until: Date;
  last_error: string;
}

export async function findDestination(db: Queryable, name: string): Promise<DestinationRow | undefined> {
  const rows = await many(
    db,
    sql<DestinationRow>`select name, failures, until, last_error from mail.destination where name = ${name}`,
  );
  return rows[0];
}

/** Writes the pause of a destination, and lets everything that waits for it wait with it. */
export async function pauseDestination(db: Queryable, row: DestinationRow, now: Date): Promise<void> {
  await run(
    db,
    sql`with d as (
          insert into mail.destination (name, failures, until, last_error, last_at)
          values (${row.name}, ${row.failures}, ${row.until}, ${row.last_error}, ${now})
          on conflict (name) do update set failures = excluded.failures, until = excluded.until,
            last_error = excluded.last_error, last_at = excluded.last_at)
        update mail.recipient set next_at = ${row.until}
        where state = 'waiting' and account_id is null and domain = ${row.name} and next_at < ${row.until}`,
  );
}

export async function forgetDestination(db: Queryable, name: string): Promise<void> {
  await run(db, sql`delete from mail.destination where name = ${name}`);
}

export async function deleteOldDestinations(db: Queryable, before: Date): Promise<void> {
  await run(db, sql`delete from mail.destination where last_at < ${before}`);
}
