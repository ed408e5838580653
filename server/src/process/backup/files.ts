import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** The content-addressed stores below a data folder. */
const STORES = ['blobs', 'attachments'] as const;

export interface Written {
  sha256: string;
  bytes: number;
}

/** Copies a stream into a new file (0600), synced to disk; says what was written. */
export async function writeStream(source: Readable, path: string, gzip: boolean): Promise<Written> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const target = createWriteStream(path, { mode: 0o600, flush: true });
  if (gzip) await pipeline(source, createGzip({ level: 5 }), meter, target);
  else await pipeline(source, meter, target);
  return { sha256: hash.digest('hex'), bytes };
}

/** SHA-256 of a file, in hex; undefined when it cannot be read. */
export async function hashFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

/** Paths of all bodies of a data folder, relative to it. */
export async function* listBodies(data: string): AsyncGenerator<string> {
  for (const store of STORES) {
    for (const shard of await entries(join(data, store), /^[0-9a-f]{2}$/)) {
      for (const name of await entries(join(data, store, shard), /^[0-9a-f]{64}$/)) {
        yield `${store}/${shard}/${name}`;
      }
    }
  }
}

/** Whether a line of a list of bodies names a body and nothing else. */
export function isBodyPath(path: string): boolean {
  return /^(blobs|attachments)\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(path);
}

async function entries(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Runs `work` over items, a few at a time: disks like a queue, memory does not. */
export async function inParallel<T>(
  items: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const item of items) {
    const job: Promise<void> = work(item).finally(() => running.delete(job));
    running.add(job);
    // Its rejection is seen by the race or by the last wait.
    job.catch(() => undefined);
    if (running.size >= 8) await Promise.race(running);
  }
  await Promise.all(running);
}
