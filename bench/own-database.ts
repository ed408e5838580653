import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { createDb, createPool, type Db, migrate } from '../server/src/kit/db/index.ts';
import { createLogger } from '../server/src/kit/log/index.ts';
import { takeDataFolder } from '../server/src/process/data-folder.ts';
import { startPostgres } from '../server/src/process/postgres/supervisor.ts';

/** The embedded database in a folder of its own, migrated and empty; with the settings that the product runs it with. */
export async function ownDatabase(): Promise<{ db: Db; pool: pg.Pool; stop(): Promise<void> }> {
  const path = mkdtempSync(join(tmpdir(), 'hongyan-bench-'));
  chmodSync(path, 0o755);
  const folder = await takeDataFolder(path);
  const postgres = await startPostgres(folder, createLogger('silent'));
  const pool = createPool({ connection: postgres.connection, max: 4 });
  await migrate(pool, join(import.meta.dirname, '../server/migrations'));
  return {
    db: createDb(pool),
    pool,
    async stop() {
      await pool.end();
      await postgres.stop();
      folder.release();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Medians and the like of repeated calls, in milliseconds. */
export async function measure(
  times: number,
  act: () => Promise<unknown>,
): Promise<{ p50: number; p95: number }> {
  const all: number[] = [];
  for (let n = 0; n < times; n++) {
    const start = performance.now();
    await act();
    all.push(performance.now() - start);
  }
  all.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95) };
}
