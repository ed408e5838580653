import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

/**
 * A blob file: independently compressed frames of FRAME raw bytes each, then a table of their stored lengths
 * (u32, high bit = stored as it is), then a footer: frame count (u32), raw size (u64), magic.
 * Frames stand alone, so a part in the middle of a big mail is read without the rest.
 */
export const FRAME = 128 * 1024;
export const FOOTER = 16;
const MAGIC = Buffer.from('HYB1');
const RAW = 0x8000_0000;
/** A frame that saves less than this is kept as it is: pictures and archives do not compress twice. */
const WORTH = 0.95;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export interface Frame {
  bytes: Buffer;
  /** Entry of the table. */
  mark: number;
}

export interface Table {
  size: number;
  /** File offset of every frame, and one more for the end. */
  offsets: number[];
  raw: boolean[];
}

export async function packFrame(plain: Buffer): Promise<Frame> {
  const packed = await compress(plain, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  if (packed.length < plain.length * WORTH) return { bytes: packed, mark: packed.length };
  return { bytes: plain, mark: (plain.length | RAW) >>> 0 };
}

export async function unpackFrame(bytes: Buffer, raw: boolean): Promise<Buffer> {
  if (raw) return bytes;
  // The bound keeps a damaged file from filling memory.
  return await decompress(bytes, { maxOutputLength: FRAME });
}

/** Table and footer as they end the file. */
export function packTable(marks: readonly number[], size: number): Buffer {
  const bytes = Buffer.alloc(marks.length * 4 + FOOTER);
  marks.forEach((mark, index) => {
    bytes.writeUInt32BE(mark, index * 4);
  });
  const at = marks.length * 4;
  bytes.writeUInt32BE(marks.length, at);
  bytes.writeBigUInt64BE(BigInt(size), at + 4);
  MAGIC.copy(bytes, at + 12);
  return bytes;
}

/** Frame count and raw size of a footer; undefined when the file is none of ours or was cut. */
export function readFooter(footer: Buffer): { frames: number; size: number } | undefined {
  if (footer.length !== FOOTER || !footer.subarray(12).equals(MAGIC)) return undefined;
  const frames = footer.readUInt32BE(0);
  const size = Number(footer.readBigUInt64BE(4));
  return frames === Math.ceil(size / FRAME) ? { frames, size } : undefined;
}

export function readTable(table: Buffer, size: number): Table {
  const offsets = [0];
  const raw: boolean[] = [];
  let at = 0;
  for (let index = 0; index + 4 <= table.length; index += 4) {
    const mark = table.readUInt32BE(index);
    raw.push((mark & RAW) !== 0);
    at += mark & 0x7fff_ffff;
    offsets.push(at);
  }
  return { size, offsets, raw };
}
