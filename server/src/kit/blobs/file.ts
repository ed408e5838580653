import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type FrameSource, readFrames } from './frame-reader.ts';
import { createFrameWriter } from './frame-writer.ts';
import type { BlobStore, BlobWriter } from './index.ts';

/** No upload takes longer than this. */
const LEFTOVER_MS = 24 * 3_600_000;

/**
 * Blobs as files `<folder>/<first two hex digits>/<hash>`. A blob is written to `<folder>/tmp`, synced, renamed
 * into place and its directory synced, so a crash leaves a temporary file at worst.
 * Concurrent syncs of one directory share one call, and the file system shares one journal commit among all.
 */
export async function createFileBlobs(folder: string): Promise<BlobStore> {
  const tmp = join(folder, 'tmp');
  await mkdir(tmp, { recursive: true, mode: 0o700 });
  await removeLeftovers(tmp);
  const made = new Set<string>();
  const syncDirectory = createDirectorySync();

  function pathOf(hash: Buffer): { directory: string; path: string } {
    const hex = hash.toString('hex');
    const directory = join(folder, hex.slice(0, 2));
    return { directory, path: join(directory, hex) };
  }

  async function settle(temporary: string, hash: Buffer): Promise<void> {
    const { directory, path } = pathOf(hash);
    if (!made.has(directory)) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await syncDirectory(folder);
      made.add(directory);
    }
    // Fresh time first: delete() spares what was touched after it had looked.
    const known = await touch(path);
    if (known) await rm(temporary, { force: true });
    else await rename(temporary, path);
    await syncDirectory(directory);
  }

  function writer(): BlobWriter {
    return createWriter(join(tmp, randomBytes(12).toString('hex')), settle);
  }

  async function openFile(hash: Buffer): Promise<FileHandle> {
    const { path } = pathOf(hash);
    try {
      return await open(path, 'r');
    } catch (error) {
      if (!isMissing(error)) throw error;
      // delete() may hold it aside for a moment before it finds that it is wanted.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return await open(path, 'r');
    }
  }

  return {
    writer,
    async put(source) {
      const out = writer();
      try {
        if (source instanceof Uint8Array) await out.write(source);
        else for await (const chunk of source) await out.write(chunk);
        return await out.finish();
      } catch (error) {
        await out.abort();
        throw error;
      }
    },
    async *open(hash, range) {
      const file = await openFile(hash);
      try {
        yield* readFrames(await sourceOf(file), hash.toString('hex'), range);
      } finally {
        await file.close();
      }
    },
    async has(hash) {
      return stat(pathOf(hash).path).then(
        () => true,
        (error: unknown) => {
          if (isMissing(error)) return false;
          throw error;
        },
      );
    },
    async delete(hash, untouchedMs) {
      const { path } = pathOf(hash);
      const aside = `${path}.dying`;
      try {
        await rename(path, aside);
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
      const { mtimeMs } = await stat(aside);
      if (Date.now() - mtimeMs < untouchedMs) {
        await rename(aside, path);
        return false;
      }
      await rm(aside, { force: true });
      return true;
    },
    async *list(shard) {
      const names = await readdir(join(folder, shard)).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      for (const name of names) if (/^[0-9a-f]{64}$/.test(name)) yield Buffer.from(name, 'hex');
    },
  };
}

/** What a crash left; young files may belong to another process. */
async function removeLeftovers(tmp: string): Promise<void> {
  for (const name of await readdir(tmp)) {
    const path = join(tmp, name);
    const info = await stat(path).catch(() => undefined);
    if (info && Date.now() - info.mtimeMs > LEFTOVER_MS) await rm(path, { force: true });
  }
}

function createWriter(path: string, settle: (path: string, hash: Buffer) => Promise<void>): BlobWriter {
  const frames = createFrameWriter();
  let file: FileHandle | undefined;
  let done = false;

  async function append(pieces: readonly Buffer[]): Promise<void> {
    for (const bytes of pieces) {
      file ??= await open(path, 'wx', 0o600);
      await file.writeFile(bytes);
    }
  }

  return {
    get size() {
      return frames.size;
    },
    async write(chunk) {
      await append(await frames.write(chunk));
    },
    async finish() {
      const { bytes, hash } = await frames.finish();
      await append(bytes);
      await file?.datasync();
      await file?.close();
      done = true;
      await settle(path, hash);
      return { hash, size: frames.size };
    },
    async abort() {
      if (done) return;
      done = true;
      await file?.close();
      await rm(path, { force: true });
    },
  };
}

async function sourceOf(file: FileHandle): Promise<FrameSource> {
  const { size } = await file.stat();
  return {
    size,
    async readAt(position, length) {
      const bytes = Buffer.allocUnsafe(Math.max(0, length));
      let got = 0;
      while (got < length && position >= 0) {
        const { bytesRead } = await file.read(bytes, got, length - got, position + got);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
      return bytes.subarray(0, got);
    },
  };
}

/** Sets the file's time to now; false when there is no such file. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** One fsync per directory at a time; those who come while it runs share the next one. */
function createDirectorySync(): (directory: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  async function sync(directory: string): Promise<void> {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  function begin(directory: string): Promise<void> {
    const work = sync(directory).finally(() => running.delete(directory));
    running.set(directory, work);
    return work;
  }
  return (directory) => {
    const current = running.get(directory);
    if (!current) return begin(directory);
    const waiting = next.get(directory);
    if (waiting) return waiting;
    const work = current
      .catch(() => undefined)
      .then(() => {
        next.delete(directory);
        return begin(directory);
      });
    next.set(directory, work);
    return work;
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
