import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { inject } from 'vitest';
import { type Connection, createDb, createPool, type Db } from '../../src/kit/db/index.ts';
import { withDatabase } from './global-setup.ts';

export interface TestDatabase {
  connection: Connection;
  pool: pg.Pool;
  db: Db;
  close(): Promise<void>;
}

/** A migrated, empty database of one's own; a copy of the template, so it takes some 50 ms. */
export async function freshDatabase(): Promise<TestDatabase> {
  const cluster = inject('cluster');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await onCluster(cluster, `create database ${name} template ${inject('template')}`);
  const connection = withDatabase(cluster, name);
  const pool = createPool({ connection, max: 12 });
  return {
    connection,
    pool,
    db: createDb(pool),
    async close() {
      await pool.end();
      await onCluster(cluster, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onCluster(cluster: Connection, statement: string): Promise<void> {
  const admin = createPool({ connection: cluster, max: 1 });
  try {
    // Two copies of one template at a time are refused (55006): try again.
    for (let attempt = 0; ; attempt++) {
      try {
        await admin.query(statement);
        return;
      } catch (error) {
        if (attempt > 50 || !(error instanceof Error && 'code' in error && error.code === '55006'))
          throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } finally {
    await admin.end();
  }
}
