import { join } from 'node:path';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { writeStream } from './files.ts';
import type { Manifest, TableEntry } from './manifest.ts';

/** Our schemas: all but the system's, the unused `public`, and the job queue's, whose shape is pg-boss's own affair. */
export const OUR_SCHEMAS = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public', 'jobs')`;

/** Opens the one snapshot that everything is read from. */
export async function beginSnapshot(client: pg.Client): Promise<void> {
  await client.query('begin isolation level repeatable read read only');
  // The snapshot is taken by the first query, not by begin.
  await client.query('select 1');
}

/** undefined: the database was never used by the product. */
export async function readInstance(
  client: pg.Client,
): Promise<{ sample: boolean; postgres: number } | undefined> {
  const table = await client.query<{ name: string | null }>(
    "select to_regclass('kit.instance')::text as name",
  );
  if (!table.rows[0]?.name) return undefined;
  const result = await client.query<{ sample: boolean; postgres: number }>(
    "select sample, current_setting('server_version_num')::int as postgres from kit.instance",
  );
  return result.rows[0];
}

export async function readMigrationNames(client: pg.Client): Promise<Manifest['migrations']> {
  const result = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from kit.migration order by name',
  );
  return result.rows;
}

export interface Table {
  schema: string;
  name: string;
  columns: string[];
}

/** Tables of ours with the columns that can be written, without the list of migrations. */
export async function listTables(client: pg.Client): Promise<Table[]> {
  const result = await client.query<Table>(
    `select n.nspname as schema, c.relname as name,
            array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition and ${OUR_SCHEMAS}
       and not (n.nspname = 'kit' and c.relname = 'migration')
     group by 1, 2 order by 1, 2`,
  );
  return result.rows;
}

export function qualified(schema: string, name: string): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

/** Copies one table into `<folder>/tables/<schema>.<name>.copy.gz`. */
export async function dumpTable(client: pg.Client, table: Table, folder: string): Promise<TableEntry> {
  const file = `tables/${table.schema}.${table.name}.copy.gz`;
  const columns = table.columns.map((column) => pg.escapeIdentifier(column)).join(', ');
  // A query rather than the table itself, so that a partitioned one comes whole.
  const stream = client.query(
    copyTo(`copy (select ${columns} from ${qualified(table.schema, table.name)}) to stdout`),
  );
  const { sha256 } = await writeStream(stream, join(folder, file), true);
  return { ...table, rows: stream.rowCount, file, sha256 };
}

/** Jobs that have not ended, as pg-boss's insert takes them; an active one starts again. */
const PENDING = `
  select json_build_object('id', j.id, 'name', j.name,
    'policy', case when q.policy = 'singleton' then 'singleton' else 'standard' end,
    'data', coalesce(j.data, '{}'), 'priority', j.priority,
    'startAfter', to_char(j.start_after at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'retryLimit', j.retry_limit, 'retryDelay', j.retry_delay, 'retryBackoff', j.retry_backoff,
    'retryDelayMax', j.retry_delay_max, 'expireSeconds', j.expire_seconds)
  from jobs.job j join jobs.queue q using (name)
  where j.state in ('created', 'retry', 'active') and j.name not like '\\_\\_%'`;

export async function dumpJobs(client: pg.Client, folder: string): Promise<Manifest['jobs']> {
  const table = await client.query<{ name: string | null }>("select to_regclass('jobs.job')::text as name");
  const query = table.rows[0]?.name ? PENDING : 'select null::json where false';
  const stream = client.query(copyTo(`copy (${query}) to stdout`));
  const file = 'jobs.copy.gz';
  const { sha256 } = await writeStream(stream, join(folder, file), true);
  return { file, sha256, rows: stream.rowCount };
}

/** Where every sequence stands. They move outside of snapshots: read after the tables, they are never behind them. */
export async function readSequences(client: pg.Client): Promise<Manifest['sequences']> {
  const result = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and ${OUR_SCHEMAS} order by 1, 2`,
  );
  const sequences: Manifest['sequences'] = [];
  for (const { schema, name } of result.rows) {
    const state = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${qualified(schema, name)}`,
    );
    const row = state.rows[0];
    if (row) sequences.push({ schema, name, ...row });
  }
  return sequences;
}
