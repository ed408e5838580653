import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { startErrors } from './process.errors.ts';

export interface DataFolder {
  path: string;
  /** Random, made with the folder: tells this folder from another one at the same path later. */
  id: string;
  release(): void;
}

/** Lies in a folder while `hongyan restore` fills it: what a crash leaves half done is never opened. */
export const UNFINISHED = 'restore-unfinished';

/**
 * Makes the folder (0700 for what is secret inside) and takes it for this process.
 * The lock is an abstract Unix socket: the kernel drops it with the process, also on kill -9, and nobody can race it.
 */
export async function takeDataFolder(path: string): Promise<DataFolder> {
  try {
    mkdirSync(path, { recursive: true });
    mkdirSync(join(path, 'keys'), { recursive: true, mode: 0o700 });
    mkdirSync(join(path, 'log'), { recursive: true, mode: 0o700 });
  } catch {
    throw startErrors.folder_unwritable({ folder: path });
  }
  const real = realpathSync(path);
  const pidFile = join(real, 'hongyan.pid');
  const server = await lock(real, pidFile);
  if (existsSync(join(real, UNFINISHED))) {
    server.close();
    throw startErrors.restore_unfinished({ folder: real });
  }
  try {
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch {
    server.close();
    throw startErrors.folder_unwritable({ folder: path });
  }
  return {
    path: real,
    id: folderId(real),
    release() {
      rmSync(pidFile, { force: true });
      server.close();
    },
  };
}

/** The folder of a product that may be running: read only, not taken. undefined when there is none. */
export function findDataFolder(path: string): DataFolder | undefined {
  if (!existsSync(join(path, 'folder-id'))) return undefined;
  const real = realpathSync(path);
  return { path: real, id: folderId(real), release: () => undefined };
}

function lock(real: string, pidFile: string): Promise<Server> {
  const name = `hongyan-${createHash('sha256').update(real).digest('hex').slice(0, 32)}`;
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', () => reject(startErrors.folder_in_use({ folder: real, pid: readPid(pidFile) })));
    // The leading NUL makes it abstract: no file, no stale lock.
    server.listen({ path: `\0${name}` }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '?';
  }
}

function folderId(real: string): string {
  const file = join(real, 'folder-id');
  try {
    const id = readFileSync(file, 'utf8').trim();
    if (/^[0-9a-f]{16}$/.test(id)) return id;
  } catch {
    // First start in this folder.
  }
  const id = randomBytes(8).toString('hex');
  writeFileSync(file, `${id}\n`);
  return id;
}
