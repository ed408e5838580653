import { CompiledQuery } from 'kysely';
import type pg from 'pg';
import { type ConstructorOptions, PgBoss } from 'pg-boss';
import type { Connection, Tx } from '../db/index.ts';
import type { Logger } from '../log/index.ts';

export { type PendingJob, restoreJobs } from './restore.ts';

/** A piece of background work: callers import the definition, only the worker loads the handler. */
export interface JobDefinition<T extends object> {
  name: string;
  /** Tries after the first failure, with exponential back-off; then the job stays failed and is logged. */
  retries: number;
  /** Never read: keeps the payload's type. */
  payload?: T;
}

export function defineJob<T extends object>(
  name: string,
  options: { retries?: number } = {},
): JobDefinition<T> {
  return { name, retries: options.retries ?? 20 };
}

export interface Jobs {
  /** Inserts the job in the caller's transaction: it exists exactly when the fact that it tells of does. */
  send<T extends object>(
    tx: Tx,
    job: JobDefinition<T>,
    data: T,
    options?: { startAfter?: Date },
  ): Promise<void>;
  /** Registers a handler; it must be idempotent, since a crash runs a job again. */
  handle<T extends object>(job: JobDefinition<T>, handler: (data: T) => Promise<void>): void;
  /** Runs `handler` by a cron line (minutes), once over all processes. */
  every(name: string, cron: string, handler: () => Promise<void>): void;
  /**
   * Declares the queues; with `work`, also runs handlers. Call after every definition is known.
   * `alone`: no other process uses this database, so what counts as running was left by one that was killed.
   */
  start(work: boolean, alone?: boolean): Promise<void>;
  /** Lets running handlers finish. */
  stop(): Promise<void>;
  /** Jobs waiting or running, for tests and the console. */
  pending(): Promise<number>;
}

interface Registered {
  job: JobDefinition<object>;
  handler: (data: object) => Promise<void>;
  cron?: string;
}

/** How long one run may take before it counts as lost and is started again. */
const EXPIRE_SECONDS = 300;
/** A process that was killed stops beating; its jobs are run again elsewhere after this. */
const HEARTBEAT_SECONDS = 15;

export function createJobs(connection: Connection, pool: pg.Pool, log: Logger): Jobs {
  const options: ConstructorOptions = {
    ...connection,
    schema: 'jobs',
    max: 6,
    application_name: 'hongyan-jobs',
    useListenNotify: true,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
  };
  const boss = new PgBoss(options);
  boss.on('error', (error) => log.warn({ err: error }, 'job queue'));
  const registered = new Map<string, Registered>();
  let started = false;

  return {
    async send(tx, job, data, { startAfter } = {}) {
      await boss.send(job.name, data, {
        retryLimit: job.retries,
        retryDelay: 1,
        retryBackoff: true,
        retryDelayMax: 3_600,
        expireInSeconds: EXPIRE_SECONDS,
        ...(startAfter ? { startAfter } : {}),
        db: {
          executeSql: async (text, values = []) => {
            const result = await tx.executeQuery(CompiledQuery.raw(text, [...values]));
            return { rows: [...result.rows] };
          },
        },
      });
    },
    handle(job, handler) {
      if (started) throw new Error(`job ${job.name} registered after start`);
      registered.set(job.name, { job, handler: handler as (data: object) => Promise<void> });
    },
    every(name, cron, handler) {
      registered.set(name, { job: defineJob(name, { retries: 0 }), handler, cron });
    },
    async start(work, alone = false) {
      started = true;
      await boss.start();
      if (alone)
        await pool.query("update jobs.job set state = 'retry', start_after = now() where state = 'active'");
      const known = new Set((await boss.getQueues()).map((queue) => queue.name));
      for (const { job, handler, cron } of registered.values()) {
        if (!known.has(job.name))
          await boss.createQueue(job.name, {
            notify: true,
            policy: cron ? 'singleton' : 'standard',
            heartbeatSeconds: HEARTBEAT_SECONDS,
          });
        if (!work) continue;
        const worker = await boss.work(
          job.name,
          { batchSize: 1, localConcurrency: 2, notifyPollingIntervalSeconds: 5 },
          async ([item]) => {
            if (!item) return;
            try {
              await handler(item.data as object);
            } catch (error) {
              log.error({ err: error, job: job.name, id: item.id }, 'job failed');
              throw error;
            } finally {
              // One notification may stand for several jobs: look again before falling back to the slow poll.
              setImmediate(() => boss.notifyWorker(worker));
            }
          },
        );
        if (cron) await boss.schedule(job.name, cron);
      }
    },
    async stop() {
      if (started) await boss.stop({ graceful: true, timeout: 15_000 });
    },
    async pending() {
      const result = await pool.query<{ n: number }>(
        "select count(*)::int as n from jobs.job where state in ('created', 'retry', 'active') and name not like '\\_\\_%'",
      );
      return result.rows[0]?.n ?? 0;
    },
  };
}
