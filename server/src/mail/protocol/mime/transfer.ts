import { hexByte } from './words.ts';

/** Undoes a Content-Transfer-Encoding (RFC 2045 §6); damaged input gives what can be read. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(bytes.toString('latin1'), 'base64');
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(bytes);
  return bytes;
}

function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte !== 0x3d) {
      out[length++] = byte;
      continue;
    }
    const hex = hexByte(bytes.toString('latin1', index, index + 3), 1);
    if (hex !== undefined) {
      out[length++] = hex;
      index += 2;
    } else if (bytes[index + 1] === 0x0a) index += 1;
    else if (bytes[index + 1] === 0x0d && bytes[index + 2] === 0x0a) index += 2;
    else out[length++] = byte;
  }
  return out.subarray(0, length);
}
