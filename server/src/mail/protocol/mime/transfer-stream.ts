import { decodeTransfer } from './transfer.ts';

const IDENTITY = new Set(['7bit', '8bit', 'binary']);

/** Can decodeTransferStream undo it? */
export function isKnownEncoding(encoding: string): boolean {
  return IDENTITY.has(encoding) || encoding === 'base64' || encoding === 'quoted-printable';
}

/** Undoes a Content-Transfer-Encoding piece by piece, so that a large part never sits in memory. */
export async function* decodeTransferStream(
  pieces: AsyncIterable<Buffer>,
  encoding: string,
): AsyncGenerator<Buffer> {
  if (encoding === 'base64') yield* decodeBase64(pieces);
  else if (encoding === 'quoted-printable') yield* decodeLines(pieces);
  else yield* pieces;
}

/** Four characters make three octets: what is left over of a piece waits for the next. */
async function* decodeBase64(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = '';
  for await (const piece of pieces) {
    const text = rest + piece.toString('latin1').replace(/[^A-Za-z0-9+/=_-]+/g, '');
    const end = text.indexOf('=');
    if (end >= 0) {
      yield Buffer.from(text.slice(0, end), 'base64');
      return;
    }
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    if (whole > 0) yield Buffer.from(text.slice(0, whole), 'base64');
  }
  if (rest !== '') yield Buffer.from(rest, 'base64');
}

/** A line longer than this is no quoted-printable (RFC 2045 §6.7 allows 76): it is decoded in pieces. */
const MAX_LINE = 65_536;

/** Quoted-printable is decoded by whole lines, for an escape never goes beyond one. */
async function* decodeLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    const cut = end === 0 && bytes.length > MAX_LINE ? bytes.length - 2 : end;
    rest = bytes.subarray(cut);
    if (cut > 0) yield decodeTransfer(bytes.subarray(0, cut), 'quoted-printable');
  }
  if (rest.length > 0) yield decodeTransfer(rest, 'quoted-printable');
}
