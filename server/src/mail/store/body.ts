import { createHash } from 'node:crypto';
import type { BlobStore, BlobWriter } from '../../kit/blobs/index.ts';
import { createMessageParser } from '../protocol/mime/index.ts';
import { packBody, packText } from './packing.ts';
import { type BodyWriter, type Message, type OpenMessage, type StoredBody, StoreError } from './types.ts';

/**
 * Bodies up to here travel with the transaction and share its sync; larger ones go to the blob store first. A file of
 * its own costs three syncs, so most mail is better off in the database.
 */
const INLINE_BYTES = 128 * 1024;

/** Hashes, parses and stores a message while it streams in. */
export function createBodyWriter(blobs: BlobStore, maxBytes: number): BodyWriter {
  const parser = createMessageParser();
  const held: Buffer[] = [];
  let size = 0;
  let blob: BlobWriter | undefined;

  return {
    get size() {
      return size;
    },
    async write(chunk) {
      size += chunk.length;
      if (size > maxBytes) throw new StoreError('limit', 'the message is too large');
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      parser.write(bytes);
      if (blob) return blob.write(bytes);
      held.push(bytes);
      if (size <= INLINE_BYTES) return;
      blob = blobs.writer();
      for (const piece of held.splice(0)) await blob.write(piece);
    },
    async finish() {
      if (blob) {
        const { hash } = await blob.finish();
        return withText({ hash, size, data: null, parsed: parser.finish() });
      }
      const data = Buffer.concat(held);
      const packed = await packBody(data);
      return withText({
        hash: createHash('sha256').update(data).digest(),
        size,
        data,
        ...(packed ? { packed } : {}),
        parsed: parser.finish(),
      });
    },
    async abort() {
      held.length = 0;
      await blob?.abort();
    },
  };
}

/** A stored body's bytes `[start, end)`. */
export async function* readBody(
  blobs: BlobStore,
  body: { hash: Buffer; data: Buffer | null },
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  if (start >= end) return;
  if (body.data) yield body.data.subarray(start, end);
  else yield* blobs.open(body.hash, { start, end });
}

/** Octets of a message as every protocol serves it: the row's prefix, then the body. */
export function readServed(
  blobs: BlobStore,
  source: { size: number; hash: Buffer; prefix: Buffer; data: Buffer | null },
): (start?: number, end?: number) => AsyncGenerator<Buffer> {
  const { prefix, size } = source;
  return async function* read(start = 0, end = size) {
    const from = Math.max(0, start);
    const to = Math.min(size, end);
    if (from < to && from < prefix.length) yield prefix.subarray(from, Math.min(prefix.length, to));
    yield* readBody(blobs, source, Math.max(0, from - prefix.length), Math.max(0, to - prefix.length));
  };
}

export function openMessage(
  blobs: BlobStore,
  source: { message: Message; hash: Buffer; prefix: Buffer; data: Buffer | null },
): OpenMessage {
  const { message } = source;
  const read = readServed(blobs, { ...source, size: message.size });
  return {
    ...message,
    read,
    async bytes(start, end) {
      const pieces: Buffer[] = [];
      for await (const piece of read(start, end)) pieces.push(piece);
      return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
    },
  };
}

/** A body that is in the store already, parsed again: for copying into another account or sending it. */
export async function reparse(
  blobs: BlobStore,
  body: { hash: Buffer; size: number; data: Buffer | null },
): Promise<StoredBody> {
  const parser = createMessageParser();
  for await (const piece of readBody(blobs, body, 0, body.size)) parser.write(piece);
  return withText({ ...body, parsed: parser.finish() });
}

async function withText(body: StoredBody): Promise<StoredBody> {
  const packedText = await packText(body.parsed.bodyText);
  return packedText ? { ...body, packedText } : body;
}
