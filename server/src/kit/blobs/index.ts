/** Octets `[start, end)` of a blob. */
export interface Range {
  start?: number;
  end?: number;
}

export interface BlobWriter {
  /** Octets so far. */
  readonly size: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves once the blob would survive a power cut. */
  finish(): Promise<{ hash: Buffer; size: number }>;
  /** Drops what was written; harmless after finish(). */
  abort(): Promise<void>;
}

/** Bytes by their SHA-256. Identical bytes are stored once. */
export interface BlobStore {
  put(source: Uint8Array | AsyncIterable<Uint8Array>): Promise<{ hash: Buffer; size: number }>;
  writer(): BlobWriter;
  /** Pieces of at most 128 KiB; throws ENOENT when there is no such blob. */
  open(hash: Buffer, range?: Range): AsyncIterable<Buffer>;
  has(hash: Buffer): Promise<boolean>;
  /**
   * Removes a blob that nobody has written (again) for `untouchedMs`; false when it is spared or not there.
   * The owner checks its references first; a writer of the same bytes in the meantime keeps them.
   */
  delete(hash: Buffer, untouchedMs: number): Promise<boolean>;
  /** Hashes of one of the 256 shards `00` … `ff`, for the search for orphans. */
  list(shard: string): AsyncIterable<Buffer>;
}

export { createFileBlobs } from './file.ts';
export { createS3Blobs, parseS3Url, type S3Options } from './s3.ts';
