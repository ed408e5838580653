import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlobStore, createS3Blobs, parseS3Url } from '../../src/kit/blobs/index.ts';
import { startApp } from '../kit/app.ts';
import { startS3 } from '../kit/s3-server.ts';

let server: Awaited<ReturnType<typeof startS3>>;
let blobs: BlobStore;
beforeAll(async () => {
  server = await startS3();
  const options = parseS3Url(server.url);
  if (!options) throw new Error('the address cannot be read');
  blobs = createS3Blobs(options);
}, 30_000);
afterAll(() => server.stop());

function blobsOf(folder: string): BlobStore {
  const options = parseS3Url(`${server.url}/${folder}`);
  if (!options) throw new Error('the address cannot be read');
  return createS3Blobs(options);
}

async function all(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const list: Buffer[] = [];
  for await (const piece of pieces) list.push(piece);
  return Buffer.concat(list);
}

describe('blobs in an object store', () => {
  it('[MAIL-5] gives back any range of what was put, compressible or not', async () => {
    const bytes = Buffer.concat([randomBytes(200_000), Buffer.alloc(300_000, 'ab'), randomBytes(77)]);
    const { hash, size } = await blobs.put(bytes);
    expect(size).toBe(bytes.length);
    expect(await all(blobs.open(hash))).toEqual(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.nat(bytes.length), async (a, b) => {
        expect(await all(blobs.open(hash, { start: a, end: b }))).toEqual(bytes.subarray(a, Math.max(a, b)));
      }),
      { numRuns: 15 },
    );
  });

  it('[MAIL-5] keeps a blob that was written since, removes an old one, and lists a shard', async () => {
    const { hash } = await blobs.put(randomBytes(1_000));
    expect(await blobs.has(hash)).toBe(true);
    const listed: string[] = [];
    for await (const one of blobs.list(hash.toString('hex').slice(0, 2))) listed.push(one.toString('hex'));
    expect(listed).toContain(hash.toString('hex'));
    expect(await blobs.delete(hash, 60_000)).toBe(false);
    expect(await blobs.has(hash)).toBe(true);
    expect(await blobs.delete(hash, 0)).toBe(true);
    expect(await blobs.has(hash)).toBe(false);
    expect(await blobs.delete(hash, 0)).toBe(false);
    await expect(all(blobs.open(hash))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('[MAIL-5] a body that is written while it is being deleted is there afterwards', async () => {
    const bytes = randomBytes(2_000);
    const { hash } = await blobs.put(bytes);
    for (let round = 0; round < 8; round++) {
      await Promise.all([blobs.delete(hash, 0), blobs.put(bytes), blobs.delete(hash, 0)]);
      // Deletions that began before the last PUT answered must not take it away.
      const written = await blobs.put(bytes);
      expect(written.hash).toEqual(hash);
      expect(await all(blobs.open(hash))).toEqual(bytes);
    }
  });

  it('[MAIL-5] the product keeps large bodies there, and serves them from there', async () => {
    const test = await startApp({ env: { HONGYAN_BLOBS: server.url } });
    try {
      const { app, database } = test;
      const found = await app.directory.addresses.resolve(database.db, 'zhangwei@beichen.test');
      if (found.kind !== 'account') throw new Error('no such account');
      const scope = { accountId: found.accountId, readerId: found.accountId };
      const message = Buffer.from(`Subject: large\r\n\r\n${randomBytes(300_000).toString('base64')}\r\n`);
      const writer = app.mail.store.newBody();
      await writer.write(message);
      const body = await writer.finish();
      const inbox = await app.mail.store.mailboxByRole(database.db, scope, 'inbox');
      const [added] = await app.mail.store.append(database.db, scope, [
        { body, mailboxIds: [inbox?.id ?? 0] },
      ]);
      expect(await blobsOf('blobs').has(body.hash)).toBe(true);
      const opened = await app.mail.store.open(database.db, scope.accountId, added?.messageId ?? 0);
      expect(await opened?.bytes()).toEqual(message);
    } finally {
      await test.close();
    }
  }, 120_000);

  it('takes no address without bucket or key', () => {
    expect(parseS3Url('s3+https://host/bucket')).toBeUndefined();
    expect(parseS3Url('s3+https://key:secret@host/')).toBeUndefined();
    expect(parseS3Url('https://key:secret@host/bucket')).toBeUndefined();
    expect(parseS3Url('s3+https://key:se%2Fcret@host:9000/bucket/a/b?region=cn-north-1')).toEqual({
      bucket: 'https://host:9000/bucket',
      prefix: 'a/b/',
      region: 'cn-north-1',
      accessKey: 'key',
      secretKey: 'se/cret',
    });
  });
});
