import { join } from 'node:path';
import type pg from 'pg';
import type { Clock } from '../kit/clock/index.ts';
import {
  type Connection,
  compareMigrations,
  createDb,
  createPool,
  type Db,
  migrate,
} from '../kit/db/index.ts';
import type { Logger } from '../kit/log/index.ts';
import type { Config } from './config.ts';
import type { DataFolder } from './data-folder.ts';
import { findInstance, insertInstance, serverVersion } from './instance.store.ts';
import { loadKeys } from './keys.ts';
import { startPostgres } from './postgres/supervisor.ts';
import { startErrors } from './process.errors.ts';

export interface OpenDatabase {
  connection: Connection;
  pool: pg.Pool;
  db: Db;
  /** True when this start is the first on the database. */
  fresh: boolean;
  /** Migrations that this opening has applied. */
  applied: string[];
  close(): Promise<void>;
}

export const MIGRATIONS = join(import.meta.dirname, '../../migrations');

/** The embedded database or the one of DATABASE_URL: checked, migrated, and of the right kind (sample or real). */
export async function openDatabase(
  config: Config,
  folder: DataFolder,
  clock: Clock,
  log: Logger,
): Promise<OpenDatabase> {
  const embedded = config.databaseUrl === undefined ? await startPostgres(folder, log) : undefined;
  const connection: Connection = embedded?.connection ?? { connectionString: config.databaseUrl ?? '' };
  return useDatabase(config, connection, folder, {
    clock,
    log,
    migrations: 'apply',
    stop: () => embedded?.stop(),
  });
}

export interface UseOptions {
  clock: Clock;
  log: Logger;
  /** `require`: somebody else's product runs on it, so what is missing is an error and nothing is changed. */
  migrations: 'apply' | 'require';
  /** Ends the server behind the connection, when it is ours. */
  stop: () => Promise<void> | undefined;
}

/** A database that is reachable already: checked, migrated, of the right kind. On an error it is stopped. */
export async function useDatabase(
  config: Config,
  connection: Connection,
  folder: DataFolder,
  { clock, log, migrations, stop }: UseOptions,
): Promise<OpenDatabase> {
  const pool = createPool({
    connection,
    max: 20,
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  const db = createDb(pool);
  try {
    await check(db);
    const applied = migrations === 'apply' ? await migrate(pool, MIGRATIONS) : [];
    if (migrations === 'require') await requireMigrated(pool);
    const instance = await findInstance(db);
    const where = config.databaseUrl === undefined ? config.data : 'DATABASE_URL';
    if (instance?.sample === true && !config.sample) throw startErrors.is_sample({ folder: where });
    if (instance?.sample === false && config.sample) throw startErrors.is_real({ folder: where });
    if (!instance) {
      // The key first: a crash in between must not leave a database that counts as used without one.
      loadKeys(folder.path, config.keyFile, false);
      await insertInstance(db, config.sample, clock.now());
    }
    return {
      connection,
      pool,
      db,
      fresh: instance === undefined,
      applied,
      async close() {
        await pool.end();
        await stop();
      },
    };
  } catch (error) {
    await pool.end().catch(() => undefined);
    await stop();
    throw error;
  }
}

async function requireMigrated(pool: pg.Pool): Promise<void> {
  const [missing] = (await compareMigrations(pool, MIGRATIONS)).missing;
  if (missing !== undefined) throw startErrors.other_version({ migration: missing });
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
