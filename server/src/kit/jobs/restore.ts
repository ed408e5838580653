import { PgBoss } from 'pg-boss';
import type { Connection } from '../db/index.ts';

/** A job that had not ended when a backup was made. */
export interface PendingJob {
  id: string;
  name: string;
  /** The queue's policy, so that it comes back as it was. */
  policy: 'standard' | 'singleton';
  data: object;
  priority: number;
  /** ISO 8601. */
  startAfter: string;
  retryLimit: number;
  retryDelay: number;
  retryBackoff: boolean;
  retryDelayMax: number | null;
  expireSeconds: number;
}

/** Jobs in one statement. */
const BATCH = 500;

/** Puts jobs back into a database whose queues do not exist yet; a job that is there already stays one. */
export async function restoreJobs(connection: Connection, jobs: readonly PendingJob[]): Promise<void> {
  const boss = new PgBoss({ ...connection, schema: 'jobs', max: 2, supervise: false, schedule: false });
  const errors: unknown[] = [];
  boss.on('error', (error) => errors.push(error));
  await boss.start();
  try {
    for (const [name, ofQueue] of Map.groupBy(jobs, (job) => job.name)) {
      if (!(await boss.getQueue(name)))
        await boss.createQueue(name, { notify: true, policy: ofQueue[0]?.policy ?? 'standard' });
      for (let start = 0; start < ofQueue.length; start += BATCH) {
        await boss.insert(
          name,
          ofQueue.slice(start, start + BATCH).map(({ retryDelayMax, expireSeconds, policy: _, ...job }) => ({
            ...job,
            expireInSeconds: expireSeconds,
            ...(retryDelayMax === null ? {} : { retryDelayMax }),
          })),
        );
      }
    }
  } finally {
    await boss.stop({ graceful: false });
  }
  if (errors.length > 0) throw errors[0];
}
