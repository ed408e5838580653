import { join } from 'node:path';
import type pg from 'pg';
import type { Clock } from '../kit/clock/index.ts';
import { type Connection, createDb, createPool, type Db, migrate } from '../kit/db/index.ts';
import type { Logger } from '../kit/log/index.ts';
import type { Config } from './config.ts';
import type { DataFolder } from './data-folder.ts';
import { findInstance, insertInstance, serverVersion } from './instance.store.ts';
import { startPostgres } from './postgres/supervisor.ts';
import { startErrors } from './process.errors.ts';

export interface OpenDatabase {
  connection: Connection;
  pool: pg.Pool;
  db: Db;
  /** True when this start is the first on the database. */
  fresh: boolean;
  close(): Promise<void>;
}

const MIGRATIONS = join(import.meta.dirname, '../../migrations');

/** The embedded database or the one of DATABASE_URL: checked, migrated, and of the right kind (sample or real). */
export async function openDatabase(
  config: Config,
  folder: DataFolder,
  clock: Clock,
  log: Logger,
): Promise<OpenDatabase> {
  const embedded = config.databaseUrl === undefined ? await startPostgres(folder, log) : undefined;
  const connection: Connection = embedded?.connection ?? { connectionString: config.databaseUrl ?? '' };
  const pool = createPool({
    connection,
    max: 20,
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  const db = createDb(pool);
  try {
    await check(db);
    await migrate(pool, MIGRATIONS);
    const instance = await findInstance(db);
    const where = config.databaseUrl === undefined ? config.data : 'DATABASE_URL';
    if (instance?.sample === true && !config.sample) throw startErrors.is_sample({ folder: where });
    if (instance?.sample === false && config.sample) throw startErrors.is_real({ folder: where });
    if (!instance) await insertInstance(db, config.sample, clock.now());
    return {
      connection,
      pool,
      db,
      fresh: instance === undefined,
      async close() {
        await pool.end();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await pool.end().catch(() => undefined);
    await embedded?.stop();
    throw error;
  }
}

async function check(db: Db): Promise<void> {
  let version: number;
  try {
    version = await serverVersion(db);
  } catch (error) {
    throw startErrors.database_unreachable({
      reason: error instanceof Error ? error.message : String(error),
    });
  }
  if (version < 150_000) throw startErrors.postgres_old({ version: Math.floor(version / 10_000) });
}
