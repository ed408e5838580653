import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { applyMigration, createMigrationTable, type Migration } from '../../kit/db/index.ts';
import type { PendingJob } from '../../kit/jobs/index.ts';
import { backupErrors } from './backup.errors.ts';
import { listTables, OUR_SCHEMAS, qualified } from './dump.store.ts';
import type { Manifest } from './manifest.ts';

/** Throws when anything of anybody's but `public` is there: a restore never mixes with what exists. */
export async function requireEmptyDatabase(client: pg.Client): Promise<void> {
  const result = await client.query<{ name: string }>(
    `select n.nspname as name from pg_namespace n
     where ${OUR_SCHEMAS} or n.nspname = 'jobs' order by 1 limit 1`,
  );
  const schema = result.rows[0]?.name;
  if (schema !== undefined) throw backupErrors.database_not_empty({ schema });
}

/**
 * Schema, rows, sequences and checks in one transaction: all of it is there afterwards, or nothing.
 * Returns the jobs that are to be put back into the queue.
 */
export async function loadDatabase(
  client: pg.Client,
  folder: string,
  manifest: Manifest,
  migrations: readonly Migration[],
): Promise<PendingJob[]> {
  await client.query('begin');
  try {
    // Two restores at once: the second one waits, and then finds it not empty.
    await client.query('select pg_advisory_xact_lock(7205119)');
    await requireEmptyDatabase(client);
    await createMigrationTable(client);
    for (const migration of migrations) await applyMigration(client, migration);
    const tables = await listTables(client);
    const keys = await dropForeignKeys(client);
    // What migrations themselves filled in is in the backup too.
    await client.query(`truncate ${tables.map(({ schema, name }) => qualified(schema, name)).join(', ')}`);
    for (const table of manifest.tables) {
      const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
      const target = `${qualified(table.schema, table.name)} (${columns})`;
      await copyInto(client, target, join(folder, table.file));
    }
    for (const { schema, name, value, called } of manifest.sequences)
      await client.query('select setval($1::regclass, $2::bigint, $3)', [
        qualified(schema, name),
        value,
        called,
      ]);
    for (const statement of keys) await client.query(statement);
    await checkCounts(client, manifest);
    const jobs = await readJobs(client, join(folder, manifest.jobs.file));
    await client.query('commit');
    return jobs;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Only for planning; the data is complete without it. */
export async function analyze(client: pg.Client): Promise<void> {
  await client.query('analyze');
}

async function copyInto(client: pg.Client, target: string, file: string): Promise<void> {
  const stream = client.query(copyFrom(`copy ${target} from stdin`));
  await pipeline(createReadStream(file), createGunzip(), stream);
}

/** Tables refer to each other in circles, so no order of loading fits. Returns how to put the keys back. */
async function dropForeignKeys(client: pg.Client): Promise<string[]> {
  const result = await client.query<{ schema: string; tbl: string; name: string; definition: string }>(
    `select n.nspname as schema, c.relname as tbl, k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and k.conparentid = 0 and ${OUR_SCHEMAS} order by 1, 2, 3`,
  );
  const again: string[] = [];
  for (const { schema, tbl, name, definition } of result.rows) {
    const alter = `alter table ${qualified(schema, tbl)}`;
    await client.query(`${alter} drop constraint ${pg.escapeIdentifier(name)}`);
    again.push(`${alter} add constraint ${pg.escapeIdentifier(name)} ${definition}`);
  }
  return again;
}

async function checkCounts(client: pg.Client, manifest: Manifest): Promise<void> {
  for (const { schema, name, rows } of manifest.tables) {
    const result = await client.query<{ n: number }>(
      `select count(*)::bigint as n from ${qualified(schema, name)}`,
    );
    const found = Number(result.rows[0]?.n);
    if (found !== rows) throw backupErrors.rows_differ({ table: `${schema}.${name}`, found, expected: rows });
  }
}

async function readJobs(client: pg.Client, file: string): Promise<PendingJob[]> {
  await client.query('create temporary table pending_job (job json) on commit drop');
  await copyInto(client, 'pending_job (job)', file);
  const result = await client.query<{ job: PendingJob }>('select job from pending_job');
  return result.rows.map((row) => row.job);
}
