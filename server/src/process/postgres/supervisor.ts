import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Connection } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { DataFolder } from '../data-folder.ts';
import { startErrors } from '../process.errors.ts';
import { type Layout, planLayout } from './layout.ts';

export interface EmbeddedPostgres {
  connection: Connection;
  /** Fast shutdown: ends open transactions, writes a checkpoint. */
  stop(): Promise<void>;
}

const USER = 'hongyan';
const DATABASE = 'hongyan';
/** Recovery after a crash replays at most `max_wal_size`; slow disks need their time. */
const START_TIMEOUT_MS = 120_000;
/** After kill -9 of everything the old lock can be refused for a moment. */
const LOCK_RETRY_MS = 15_000;

/** Starts (and at the first time initialises) the cluster of a data folder, and keeps it running. */
export async function startPostgres(folder: DataFolder, log: Logger): Promise<EmbeddedPostgres> {
  const layout = planLayout(folder);
  const password = clusterPassword(folder);
  await stopLeftover(layout, log);
  if (!existsSync(join(layout.cluster, 'PG_VERSION'))) await initialise(layout, password);
  checkVersion(layout);
  prepareSockets(layout);

  const connection: Connection = {
    host: layout.sockets,
    port: 5432,
    user: USER,
    password,
    database: DATABASE,
  };
  let stopping = false;
  let child = launch(layout);
  const watch = (current: ChildProcess) => {
    current.once('exit', (code, signal) => {
      if (stopping || current !== child) return;
      log.error({ code, signal }, 'the embedded database ended; starting it again');
      setTimeout(() => {
        if (stopping) return;
        child = launch(layout);
        watch(child);
      }, 1_000);
    });
  };
  const started = Date.now();
  for (;;) {
    const outcome = await untilReady(child, { ...connection, database: 'postgres' });
    if (outcome === 'ready') break;
    if (Date.now() - started > LOCK_RETRY_MS) throw startErrors.postgres_failed({ log: layout.log });
    await new Promise((resolve) => setTimeout(resolve, 300));
    child = launch(layout);
  }
  watch(child);
  await createDatabase({ ...connection, database: 'postgres' });
  return {
    connection,
    async stop() {
      stopping = true;
      await end(child);
      rmSync(layout.sockets, { recursive: true, force: true });
    },
  };
}

/** The connection to a cluster that another process of ours runs; undefined when none does. Starts nothing. */
export function runningPostgres(folder: DataFolder): Connection | undefined {
  const layout = planLayout(folder);
  const file = join(layout.cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid, , , , sockets] = readFileSync(file, 'utf8').split('\n');
  if (!isPostgresOf(Number(pid), layout.cluster)) return undefined;
  // The pid file names the socket folder: the product may have been started with another TMPDIR.
  return {
    host: sockets?.trim() || layout.sockets,
    port: 5432,
    user: USER,
    password: clusterPassword(folder),
    database: DATABASE,
  };
}

/** Where the cluster of a data folder lies, which as root may be outside of it. */
export function clusterFolder(folder: DataFolder): string {
  return planLayout(folder).cluster;
}

function clusterPassword(folder: DataFolder): string {
  const file = join(folder.path, 'keys', 'postgres');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

function as(layout: Layout): { uid?: number; gid?: number } {
  return layout.user ? { uid: layout.user.uid, gid: layout.user.gid } : {};
}

function own(path: string, layout: Layout): void {
  if (layout.user) chownSync(path, layout.user.uid, layout.user.gid);
}

/** Nothing of the caller's environment may change the server (PGDATA, LD_PRELOAD, locale). */
const CHILD_ENV = { LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin', TZ: 'UTC' };

async function initialise(layout: Layout, password: string): Promise<void> {
  // Into a folder beside it, renamed when complete: a crash in the middle leaves nothing half made.
  const part = `${layout.cluster}.new`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(dirname(layout.cluster), { recursive: true, mode: 0o755 });
  mkdirSync(part, { mode: 0o700 });
  own(part, layout);
  const secret = join(part, '..', `.pw-${process.pid}-${randomBytes(4).toString('hex')}`);
  writeFileSync(secret, password, { mode: 0o600 });
  own(secret, layout);
  try {
    const logFile = openSync(layout.log, 'a', 0o600);
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(
        join(layout.binaries, 'bin', 'initdb'),
        [
          '-D',
          part,
          '-U',
          USER,
          `--pwfile=${secret}`,
          '--auth=scram-sha-256',
          '--encoding=UTF8',
          '--locale=C.UTF-8',
          '--no-instructions',
        ],
        { ...as(layout), cwd: '/', env: CHILD_ENV, stdio: ['ignore', logFile, logFile] },
      );
      child.once('error', reject);
      child.once('exit', resolve);
    }).catch((error: unknown) => {
      throw startErrors.needs_linux_libs({ reason: String(error) });
    });
    if (code !== 0) throw startErrors.postgres_failed({ log: layout.log });
  } finally {
    rmSync(secret, { force: true });
  }
  renameSync(part, layout.cluster);
}

function checkVersion(layout: Layout): void {
  const found = readFileSync(join(layout.cluster, 'PG_VERSION'), 'utf8').trim();
  if (found !== '18') throw startErrors.cluster_version({ folder: layout.cluster, found, ours: '18' });
}

function prepareSockets(layout: Layout): void {
  const uid = layout.user?.uid ?? process.getuid?.();
  if (existsSync(layout.sockets)) {
    const info = lstatSync(layout.sockets);
    // Somebody else's folder or a link in the shared temporary folder could hand our password to a stranger.
    if (!info.isDirectory() || (info.uid !== uid && info.uid !== 0) || (info.mode & 0o022) !== 0) {
      throw startErrors.folder_unwritable({ folder: layout.sockets });
    }
  } else mkdirSync(layout.sockets, { mode: 0o700 });
  chmodSync(layout.sockets, 0o700);
  own(layout.sockets, layout);
}

function launch(layout: Layout): ChildProcess {
  const logFile = openSync(layout.log, 'a', 0o600);
  const settings = {
    listen_addresses: '',
    unix_socket_directories: layout.sockets,
    unix_socket_permissions: '0700',
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    wal_compression: 'on',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_statement: 'none',
    // Statements in the server's log would carry personal data.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
  };
  const args = [
    '-D',
    layout.cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  // Detached: Ctrl-C reaches us alone, so that the product drains before its database goes.
  const child = spawn(join(layout.binaries, 'bin', 'postgres'), args, {
    ...as(layout),
    cwd: '/',
    env: CHILD_ENV,
    detached: true,
    stdio: ['ignore', logFile, logFile],
  });
  child.on('error', () => undefined);
  child.unref();
  return child;
}

async function untilReady(child: ChildProcess, connection: Connection): Promise<'ready' | 'ended'> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return 'ended';
    const client = new pg.Client({ ...connection, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return 'ready';
    } catch {
      await client.end().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
  return 'ended';
}

async function createDatabase(connection: Connection): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0)
      await client.query(`create database ${DATABASE} template template0 encoding 'UTF8'`);
  } finally {
    await client.end();
  }
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.ref();
    const timer = setTimeout(() => child.kill('SIGQUIT'), 20_000);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGINT');
  });
}

/** After kill -9 of Node alone the old postmaster lives on; it is stopped by its pid file, never guessed. */
async function stopLeftover(layout: Layout, log: Logger): Promise<void> {
  const file = join(layout.cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isPostgresOf(pid, layout.cluster)) return;
  log.warn({ pid }, 'a database left by a killed process is still running; stopping it');
  for (const [signal, wait] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (const deadline = Date.now() + wait; Date.now() < deadline; ) {
      if (!isPostgresOf(pid, layout.cluster)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function isPostgresOf(pid: number, cluster: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster);
  } catch {
    return false;
  }
}
