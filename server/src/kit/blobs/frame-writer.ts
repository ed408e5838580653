import { createHash } from 'node:crypto';
import { FRAME, packFrame, packTable } from './frames.ts';

/** Turns a stream of plain bytes into frames, and hashes it on the way. */
export interface FrameWriter {
  readonly size: number;
  /** Stored bytes that are complete now. The chunk must not be written to again. */
  write(chunk: Uint8Array): Promise<Buffer[]>;
  /** The rest of the stored bytes, with table and footer. */
  finish(): Promise<{ bytes: Buffer[]; hash: Buffer }>;
}

export function createFrameWriter(): FrameWriter {
  const hash = createHash('sha256');
  const marks: number[] = [];
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let size = 0;

  async function pack(plain: Buffer): Promise<Buffer> {
    const frame = await packFrame(plain);
    marks.push(frame.mark);
    return frame.bytes;
  }

  async function take(all: boolean): Promise<Buffer[]> {
    if (pendingBytes < FRAME && !all) return [];
    const joined = Buffer.concat(pending);
    const out: Buffer[] = [];
    let at = 0;
    for (; joined.length - at >= FRAME; at += FRAME) out.push(await pack(joined.subarray(at, at + FRAME)));
    const rest = joined.subarray(at);
    if (all && rest.length > 0) out.push(await pack(rest));
    pending = all || rest.length === 0 ? [] : [rest];
    pendingBytes = all ? 0 : rest.length;
    return out;
  }

  return {
    get size() {
      return size;
    },
    write(chunk) {
      hash.update(chunk);
      size += chunk.length;
      pending.push(chunk);
      pendingBytes += chunk.length;
      return take(false);
    },
    async finish() {
      const bytes = await take(true);
      return { bytes: [...bytes, packTable(marks, size)], hash: hash.digest() };
    },
  };
}
