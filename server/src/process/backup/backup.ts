import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import type { Connection } from '../../kit/db/index.ts';
import type { Config } from '../config.ts';
import { startErrors } from '../process.errors.ts';
import { VERSION } from '../version.ts';
import { backupErrors } from './backup.errors.ts';
import {
  beginSnapshot,
  dumpJobs,
  dumpTable,
  listTables,
  readInstance,
  readMigrationNames,
  readSequences,
} from './dump.store.ts';
import { inParallel, listBodies, type Written, writeStream } from './files.ts';
import { type Manifest, writeManifest } from './manifest.ts';

/** What `--with-keys` takes along, below `<data>/keys`. The database's own password is of no use elsewhere. */
const KEY_FILES = ['master.json', 'tls.crt', 'tls.key'];

export interface BackupOptions {
  config: Config;
  connection: Connection;
  /** The data folder. */
  data: string;
  /** An empty or new folder. */
  target: string;
  withKeys: boolean;
  now: Date;
}

/**
 * Writes a backup while the product may go on working: tables from one snapshot; bodies before and after it, so that
 * neither a body that came with the last row nor one that is swept meanwhile is missed.
 */
export async function makeBackup(options: BackupOptions): Promise<Manifest> {
  const { connection, config, data, target } = options;
  await prepareTarget(target);
  const client = new pg.Client({ ...connection, application_name: 'hongyan-backup' });
  // A lost connection is reported by the query that it breaks.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw startErrors.database_unreachable({
      reason: error instanceof Error ? error.message : String(error),
    });
  }
  try {
    const before = await readInstance(client);
    if (!before) throw backupErrors.never_used();
    const where = config.databaseUrl === undefined ? data : 'DATABASE_URL';
    if (before.sample !== config.sample)
      throw before.sample ? startErrors.is_sample({ folder: where }) : startErrors.is_real({ folder: where });

    const bodies = new Map<string, Written>();
    await copyBodies(data, target, bodies);
    await beginSnapshot(client);
    const migrations = await readMigrationNames(client);
    const tables: Manifest['tables'] = [];
    for (const table of await listTables(client)) tables.push(await dumpTable(client, table, target));
    const jobs = await dumpJobs(client, target);
    const sequences = await readSequences(client);
    await client.query('commit');
    await copyBodies(data, target, bodies);

    const manifest: Manifest = {
      format: 1,
      version: VERSION,
      createdAt: options.now.toISOString(),
      sample: before.sample,
      withKeys: options.withKeys,
      postgres: before.postgres,
      migrations,
      tables,
      sequences,
      jobs,
      bodies: await writeList(target, bodies),
      keys: options.withKeys ? await copyKeys(config, data, target) : [],
    };
    await writeManifest(target, manifest);
    return manifest;
  } finally {
    await client.end();
  }
}

async function prepareTarget(target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  if ((await readdir(target)).length > 0) throw backupErrors.folder_not_empty({ folder: target });
}

/** Copies what is not in `done` yet. A body that is swept while we look is left out: nothing refers to it. */
async function copyBodies(data: string, target: string, done: Map<string, Written>): Promise<void> {
  await inParallel(listBodies(data), async (path) => {
    if (done.has(path)) return;
    const written = (await copyBody(data, target, path)) ?? (await copyBodyLater(data, target, path));
    if (written) done.set(path, written);
    else await rm(join(target, path), { force: true });
  });
}

/** undefined: it is not there. */
async function copyBody(data: string, target: string, path: string): Promise<Written | undefined> {
  try {
    return await writeStream(createReadStream(join(data, path)), join(target, path), false);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The sweeper holds a body aside for a moment before it finds that it is wanted. */
async function copyBodyLater(data: string, target: string, path: string): Promise<Written | undefined> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return copyBody(data, target, path);
}

async function writeList(target: string, bodies: Map<string, Written>): Promise<Manifest['bodies']> {
  const list = 'bodies.tsv.gz';
  const sorted = [...bodies].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([path, { sha256, bytes }]) => `${sha256}\t${bytes}\t${path}\n`);
  const { sha256 } = await writeStream(Readable.from(lines), join(target, list), true);
  const bytes = sorted.reduce((sum, [, written]) => sum + written.bytes, 0);
  return { list, sha256, files: sorted.length, bytes };
}

async function copyKeys(config: Config, data: string, target: string): Promise<Manifest['keys']> {
  const keys: Manifest['keys'] = [];
  for (const name of KEY_FILES) {
    const inside = join(data, 'keys', name);
    const source = name === 'master.json' && config.keyFile !== undefined ? config.keyFile : inside;
    if (!existsSync(source)) continue;
    const file = `keys/${name}`;
    const { sha256 } = await writeStream(createReadStream(source), join(target, file), false);
    keys.push({ file, sha256 });
  }
  return keys;
}
