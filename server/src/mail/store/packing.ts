import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

/** Smaller bodies are kept as they are: their header can be cut out by the database. */
const PACK_OVER = 16 * 1024;
/** What saves less is kept as it is. */
const WORTH = 0.9;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** A body as a database row keeps it, compressed; undefined when it is better kept as it is. */
export async function packBody(data: Buffer): Promise<Buffer | undefined> {
  if (data.length <= PACK_OVER) return undefined;
  const packed = await compress(data, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  return packed.length < data.length * WORTH ? packed : undefined;
}

/** The bytes of a body from its row; null when the blob store has them. */
export async function unpackBody(row: {
  data: Buffer | null;
  packed: boolean;
  size: number;
}): Promise<Buffer | null> {
  if (row.data === null || !row.packed) return row.data;
  // The bound keeps a damaged row from filling memory.
  return decompress(row.data, { maxOutputLength: row.size });
}

/** Search text longer than this (characters) is kept compressed: comparing it is our work then, not the database's. */
const PACK_TEXT_OVER = 8_000;
/** What a message's search text is cut to by the parser, in octets of UTF-8. */
const MAX_TEXT_OCTETS = 4_000_000;

export async function packText(text: string): Promise<Buffer | undefined> {
  if (text.length <= PACK_TEXT_OVER) return undefined;
  return compress(Buffer.from(text), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

export async function unpackText(packed: Buffer): Promise<string> {
  return (await decompress(packed, { maxOutputLength: MAX_TEXT_OCTETS })).toString('utf8');
}
