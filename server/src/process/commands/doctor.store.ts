import { maybe, one, type Queryable, sql } from '../../kit/db/index.ts';

export interface JobFigures {
  pending: number;
  failed: number;
  /** Seconds that the oldest due job has waited. */
  waited: number;
}

/** Background jobs of ours; undefined while the queue has not been made. */
export async function findJobFigures(db: Queryable): Promise<JobFigures | undefined> {
  const table = await maybe(db, sql<{ name: string | null }>`select to_regclass('jobs.job')::text as name`);
  if (!table?.name) return undefined;
  return one(
    db,
    sql<JobFigures>`
      select count(*) filter (where state in ('created', 'retry', 'active'))::int as pending,
        count(*) filter (where state = 'failed')::int as failed,
        coalesce(extract(epoch from now() - min(start_after) filter (where state = 'created' and start_after < now())), 0)::int
          as waited
      from jobs.job where name not like '\\_\\_%'`,
  );
}
