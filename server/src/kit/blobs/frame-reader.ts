import { FOOTER, FRAME, readFooter, readTable, type Table, unpackFrame } from './frames.ts';
import type { Range } from './index.ts';

/** Wherever a blob's stored bytes lie: read by position. */
export interface FrameSource {
  /** Octets stored. */
  size: number;
  /** At most `length` octets from `position`; fewer at the end. */
  readAt(position: number, length: number): Promise<Buffer>;
}

/** The plain bytes of a range, frame by frame; only the frames that it touches are read. */
export async function* readFrames(
  source: FrameSource,
  name: string,
  range: Range | undefined,
): AsyncGenerator<Buffer> {
  const table = await loadTable(source, name);
  const start = Math.max(0, range?.start ?? 0);
  const end = Math.min(table.size, range?.end ?? table.size);
  for (let index = Math.floor(start / FRAME); index * FRAME < end && start < end; index++) {
    const from = table.offsets[index] ?? 0;
    const to = table.offsets[index + 1] ?? from;
    const plain = await unpackFrame(await source.readAt(from, to - from), table.raw[index] ?? false);
    const base = index * FRAME;
    yield plain.subarray(Math.max(0, start - base), Math.min(plain.length, end - base));
  }
}

async function loadTable(source: FrameSource, name: string): Promise<Table> {
  const footer = readFooter(await source.readAt(source.size - FOOTER, FOOTER));
  if (!footer) throw new Error(`blob ${name} is damaged`);
  const tableSize = footer.frames * 4;
  return readTable(await source.readAt(source.size - FOOTER - tableSize, tableSize), footer.size);
}
