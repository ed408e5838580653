import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { type Migration, readMigrations } from '../../kit/db/index.ts';
import { restoreJobs } from '../../kit/jobs/index.ts';
import { openServer, type Server } from '../commands/session.ts';
import type { Config } from '../config.ts';
import { UNFINISHED } from '../data-folder.ts';
import { MIGRATIONS } from '../database.ts';
import { clusterFolder } from '../postgres/supervisor.ts';
import { startErrors } from '../process.errors.ts';
import { backupErrors } from './backup.errors.ts';
import { hashFile, inParallel, isBodyPath, writeStream } from './files.ts';
import { analyze, loadDatabase, requireEmptyDatabase } from './load.store.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** PostgreSQL 15 is the oldest whose SQL we write. */
const OLDEST_POSTGRES = 150_000;

/**
 * Fills an empty data folder and an empty database from a backup. Everything is checked before anything is written;
 * the database is loaded in one transaction; until all is done a mark in the folder keeps the product from opening it.
 */
export async function restoreBackup(config: Config, source: string): Promise<Manifest> {
  const manifest = await readManifest(source);
  if (manifest.sample !== config.sample)
    throw manifest.sample ? backupErrors.sample_backup() : backupErrors.real_backup();
  const migrations = await chooseMigrations(manifest);
  await requireEmptyFolder(config.data);
  const bodies = await verify(source, manifest);

  const server = await openServer(config, { create: true });
  const mark = join(server.folder.path, UNFINISHED);
  let committed = false;
  try {
    await writeFile(mark, '', { flush: true });
    const client = await connect(server);
    try {
      await requireEmptyDatabase(client);
      await inParallel(bodies, (path) => copy(source, server.folder.path, path));
      await copyKeys(config, server.folder.path, source, manifest);
      const jobs = await loadDatabase(client, source, manifest, migrations);
      committed = true;
      await restoreJobs(server.connection, jobs);
      await analyze(client);
    } finally {
      await client.end();
    }
    await rm(mark);
    await server.stop();
    return manifest;
  } catch (error) {
    // Committed: the mark stays, so that nobody opens what lacks its jobs. Before: as if nothing had been.
    const cluster =
      server.running || config.databaseUrl !== undefined ? undefined : clusterFolder(server.folder);
    await server.stop();
    if (!committed) await empty(server.folder.path, cluster);
    throw error;
  }
}

/** The migrations that the backup's database had, with our text of them; later ones run at the next start. */
async function chooseMigrations(manifest: Manifest): Promise<Migration[]> {
  const known = new Map((await readMigrations(MIGRATIONS)).map((migration) => [migration.name, migration]));
  return manifest.migrations.map(({ name, checksum }) => {
    const migration = known.get(name);
    if (!migration || migration.checksum !== checksum) throw backupErrors.newer({ migration: name });
    return migration;
  });
}

async function requireEmptyFolder(folder: string): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length > 0)
    throw backupErrors.target_not_empty({ folder });
}

/** Compares every file of the backup with its checksum; returns the paths of the bodies. */
async function verify(source: string, manifest: Manifest): Promise<string[]> {
  const { bodies, jobs, keys, tables } = manifest;
  const files = [...tables, jobs, ...keys, { file: bodies.list, sha256: bodies.sha256 }];
  await inParallel(files, (entry) => check(source, entry.file, entry.sha256));
  const paths: string[] = [];
  const lines = createInterface({ input: createReadStream(join(source, bodies.list)).pipe(createGunzip()) });
  await inParallel(lines, async (line) => {
    const [sha256 = '', , path = ''] = line.split('\t');
    if (!isBodyPath(path)) throw backupErrors.damaged({ file: bodies.list });
    await check(source, path, sha256);
    paths.push(path);
  });
  if (paths.length !== bodies.files) throw backupErrors.damaged({ file: bodies.list });
  return paths;
}

async function check(source: string, file: string, sha256: string): Promise<void> {
  if ((await hashFile(join(source, file))) !== sha256) throw backupErrors.damaged({ file });
}

async function connect(server: Server): Promise<pg.Client> {
  const client = new pg.Client({ ...server.connection, application_name: 'hongyan-restore' });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw startErrors.database_unreachable({
      reason: error instanceof Error ? error.message : String(error),
    });
  }
  const result = await client.query<{ n: number }>("select current_setting('server_version_num')::int as n");
  const version = result.rows[0]?.n ?? 0;
  if (version < OLDEST_POSTGRES) {
    await client.end();
    throw startErrors.postgres_old({ version: Math.floor(version / 10_000) });
  }
  return client;
}

async function copy(source: string, data: string, path: string): Promise<void> {
  await writeStream(createReadStream(join(source, path)), join(data, path), false);
}

/** A key file of the settings is filled only when it is not there: it may be the institution's own. */
async function copyKeys(config: Config, data: string, source: string, manifest: Manifest): Promise<void> {
  for (const { file } of manifest.keys) {
    const elsewhere = file === 'keys/master.json' ? config.keyFile : undefined;
    if (elsewhere !== undefined && existsSync(elsewhere)) continue;
    const target = elsewhere ?? join(data, file);
    await rm(target, { force: true });
    await writeStream(createReadStream(join(source, file)), target, false);
  }
}

async function empty(folder: string, cluster: string | undefined): Promise<void> {
  if (cluster !== undefined) await rm(cluster, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}
