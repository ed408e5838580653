import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Connection, createPool, migrate } from '../../src/kit/db/index.ts';
import { createLogger } from '../../src/kit/log/index.ts';
import { takeDataFolder } from '../../src/process/data-folder.ts';
import { startPostgres } from '../../src/process/postgres/supervisor.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser connection to the cluster of this test run. */
    cluster: Connection;
    /** Name of a migrated, empty database to copy from. */
    template: string;
  }
}

const TEMPLATE = 'hongyan_template';

/** One PostgreSQL for the whole run (or HONGYAN_TEST_DATABASE), migrated once; each test file copies it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['HONGYAN_TEST_DATABASE'];
  const { connection, stop } = given
    ? { connection: { connectionString: given }, stop: async () => {} }
    : await embedded();
  const admin = createPool({ connection, max: 1 });
  await admin.query(`drop database if exists ${TEMPLATE}`);
  await admin.query(`create database ${TEMPLATE}`);
  await admin.end();
  const pool = createPool({ connection: withDatabase(connection, TEMPLATE), max: 1 });
  await migrate(pool, join(import.meta.dirname, '../../migrations'));
  await pool.end();
  project.provide('cluster', connection);
  project.provide('template', TEMPLATE);
  return stop;
}

export function withDatabase(connection: Connection, database: string): Connection {
  if (connection.connectionString === undefined) return { ...connection, database };
  const url = new URL(connection.connectionString);
  url.pathname = `/${database}`;
  return { connectionString: url.toString() };
}

async function embedded(): Promise<{ connection: Connection; stop: () => Promise<void> }> {
  const path = mkdtempSync(join(tmpdir(), 'hongyan-test-'));
  // Else, as root, the cluster would lie in /var/lib/hongyan and stay there.
  chmodSync(path, 0o755);
  const folder = await takeDataFolder(path);
  const postgres = await startPostgres(folder, createLogger('silent'));
  return {
    connection: postgres.connection,
    async stop() {
      await postgres.stop();
      folder.release();
      rmSync(path, { recursive: true, force: true });
    },
  };
}
