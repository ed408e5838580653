import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/** Any constant works; it only has to be the same in every Hongyan process of one database. */
const MIGRATION_LOCK = 7_205_119;

export interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** Reads `NNNN_<module>_<what>.sql` in order; numbers may have gaps but not doubles. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const seen = new Set<string>();
  const migrations: Migration[] = [];
  for (const name of names) {
    const number = /^(\d{4})_[a-z0-9]+_[a-z0-9_]+\.sql$/.exec(name)?.[1];
    if (!number) throw new Error(`migration ${name} is not named NNNN_<module>_<what>.sql`);
    if (seen.has(number)) throw new Error(`migration number ${number} is used twice`);
    seen.add(number);
    const sql = await readFile(join(folder, name), 'utf8');
    migrations.push({ name, sql, checksum: createHash('sha256').update(sql).digest('hex') });
  }
  if (migrations.length === 0) throw new Error(`no migrations in ${folder}`);
  return migrations;
}

/**
 * Applies what is missing, each file in its own transaction, under an advisory lock.
 * Refuses a database that a newer Hongyan has migrated, and a file that was changed after it ran.
 */
export async function migrate(pool: pg.Pool, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = await pool.connect();
  const applied: string[] = [];
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await createMigrationTable(client);
    const done = new Map<string, string>(
      (
        await client.query<{ name: string; checksum: string }>('select name, checksum from kit.migration')
      ).rows.map((row) => [row.name, row.checksum]),
    );
    const known = new Set(migrations.map((migration) => migration.name));
    for (const name of done.keys()) {
      if (!known.has(name))
        throw new Error(`the database was migrated by a newer Hongyan (${name}); use that version`);
    }
    for (const migration of migrations) {
      const checksum = done.get(migration.name);
      if (checksum === migration.checksum) continue;
      if (checksum !== undefined)
        throw new Error(`migration ${migration.name} was changed after it had been applied`);
      await client.query('begin');
      try {
        await applyMigration(client, migration);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw new Error(`migration ${migration.name} failed`, { cause: error });
      }
      applied.push(migration.name);
    }
    return applied;
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    client.release();
  }
}

/** Where the names of applied migrations are kept. */
export async function createMigrationTable(client: pg.ClientBase): Promise<void> {
  await client.query('create schema if not exists kit');
  await client.query(
    'create table if not exists kit.migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  );
}

/** Runs one migration and notes it, in the caller's transaction. */
export async function applyMigration(client: pg.ClientBase, migration: Migration): Promise<void> {
  await client.query(migration.sql);
  await client.query('insert into kit.migration (name, checksum) values ($1, $2)', [
    migration.name,
    migration.checksum,
  ]);
}

/** What a database lacks of the migrations in `folder`, and what it has that the folder does not know. Changes nothing. */
export async function compareMigrations(
  pool: pg.Pool,
  folder: string,
): Promise<{ missing: string[]; unknown: string[]; changed: string[] }> {
  const migrations = await readMigrations(folder);
  const table = await pool.query<{ name: string | null }>(
    "select to_regclass('kit.migration')::text as name",
  );
  const rows = table.rows[0]?.name
    ? (await pool.query<{ name: string; checksum: string }>('select name, checksum from kit.migration')).rows
    : [];
  const done = new Map(rows.map((row) => [row.name, row.checksum]));
  const known = new Set(migrations.map((migration) => migration.name));
  return {
    missing: migrations.filter(({ name }) => !done.has(name)).map(({ name }) => name),
    unknown: [...done.keys()].filter((name) => !known.has(name)),
    changed: migrations
      .filter(({ name, checksum }) => done.has(name) && done.get(name) !== checksum)
      .map(({ name }) => name),
  };
}
