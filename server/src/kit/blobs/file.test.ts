import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createFileBlobs } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'hongyan-blobs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function all(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const list: Buffer[] = [];
  for await (const piece of pieces) list.push(piece);
  return Buffer.concat(list);
}

describe('blob files', async () => {
  const blobs = await createFileBlobs(folder);

  it('[MAIL-1] gives back any range of what was put, compressible or not', async () => {
    const bytes = Buffer.concat([randomBytes(200_000), Buffer.alloc(300_000, 'ab'), randomBytes(77)]);
    const { hash, size } = await blobs.put(bytes);
    expect(size).toBe(bytes.length);
    expect(await all(blobs.open(hash))).toEqual(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.nat(bytes.length), async (a, b) => {
        expect(await all(blobs.open(hash, { start: a, end: b }))).toEqual(bytes.subarray(a, Math.max(a, b)));
      }),
      { numRuns: 60 },
    );
  });

  it('stores identical bytes once, also when they arrive at the same time', async () => {
    const bytes = randomBytes(50_000);
    const results = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytes)));
    const hex = results[0]?.hash.toString('hex') ?? '';
    expect(new Set(results.map((result) => result.hash.toString('hex'))).size).toBe(1);
    expect(readdirSync(join(folder, hex.slice(0, 2))).filter((name) => name.startsWith(hex))).toEqual([hex]);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  it('keeps a blob that was written again since, and removes an old one', async () => {
    const { hash } = await blobs.put(randomBytes(10));
    expect(await blobs.delete(hash, 60_000)).toBe(false);
    expect(await blobs.has(hash)).toBe(true);
    expect(await blobs.delete(hash, 0)).toBe(true);
    expect(await blobs.has(hash)).toBe(false);
    expect(await blobs.delete(hash, 0)).toBe(false);
  });

  it('an empty blob and an aborted writer leave nothing odd behind', async () => {
    const { hash } = await blobs.put(Buffer.alloc(0));
    expect(await all(blobs.open(hash))).toEqual(Buffer.alloc(0));
    const writer = blobs.writer();
    await writer.write(randomBytes(300_000));
    await writer.abort();
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });
});
