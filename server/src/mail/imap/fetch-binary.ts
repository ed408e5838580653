import type { FetchItem } from '../protocol/imap/index.ts';
import { decodeTransferStream, findPart, isKnownEncoding, sectionRange } from '../protocol/mime/index.ts';
import type { OpenMessage } from '../store/index.ts';
import type { WireOutput } from './wire-output.ts';

export type BinaryItem = Extract<FetchItem, { kind: 'binary' }>;

/** Decoded parts up to here are kept while they are measured; larger ones are decoded twice. */
const KEEP = 1_048_576;

/** Writes BINARY or BINARY.SIZE of one part (RFC 3516 §4.2, §4.3); false when its encoding is not known. */
export async function writeBinary(
  output: WireOutput,
  item: BinaryItem,
  opened: OpenMessage,
): Promise<boolean> {
  const label = `${item.size ? 'BINARY.SIZE' : 'BINARY'}[${item.part.join('.')}]`;
  const range = sectionRange(opened, item.part, 'all');
  const part = item.part.length === 0 ? undefined : findPart(opened.structure, item.part);
  // A whole message and a multipart have no encoding of their own to undo.
  const encoding = part && !part.parts ? part.encoding : 'binary';
  const known = isKnownEncoding(encoding);
  if (!range || !known) {
    output.text(item.size ? `${label} 0` : `${label} NIL`);
    return known;
  }
  const decode = () => decodeTransferStream(opened.read(range.start, range.end), encoding);
  const { size, hasNul, kept } = await measure(decode());
  if (item.size) {
    output.text(`${label} ${size}`);
    return true;
  }
  const start = Math.min(item.partial?.offset ?? 0, size);
  const end = item.partial ? Math.min(start + item.partial.length, size) : size;
  const origin = item.partial ? `<${item.partial.offset}>` : '';
  output.text(`${label}${origin} ${hasNul ? '~' : ''}{${end - start}}\r\n`);
  await writeSlice(output, kept ?? decode(), start, end);
  return true;
}

async function measure(
  pieces: AsyncIterable<Buffer>,
): Promise<{ size: number; hasNul: boolean; kept: Buffer[] | undefined }> {
  let size = 0;
  let hasNul = false;
  let kept: Buffer[] | undefined = [];
  for await (const piece of pieces) {
    size += piece.length;
    hasNul ||= piece.includes(0);
    if (size > KEEP) kept = undefined;
    kept?.push(piece);
  }
  return { size, hasNul, kept };
}

/** Octets `[start, end)` of the pieces. */
async function writeSlice(
  output: WireOutput,
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  start: number,
  end: number,
): Promise<void> {
  let at = 0;
  for await (const piece of pieces) {
    const bytes = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
    at += piece.length;
    if (bytes.length > 0) {
      output.bytes(bytes);
      await output.spill();
    }
    if (at >= end) break;
  }
}
