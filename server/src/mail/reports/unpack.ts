import { gunzipSync, inflateRawSync } from 'node:zlib';

/** A report never unpacks to more: a bomb of a few kB would fill the memory. */
const MAX_XML = 20 * 1024 * 1024;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END = 0x06054b50;

/** The XML of a report: plain, gzip, or the first file of a zip; undefined when it is none or too large. */
export function unpackReport(bytes: Buffer): string | undefined {
  try {
    if (bytes.length < 4) return undefined;
    if (bytes.readUInt16BE(0) === 0x1f8b)
      return gunzipSync(bytes, { maxOutputLength: MAX_XML }).toString('utf8');
    if (bytes.readUInt32LE(0) === LOCAL) return firstOfZip(bytes)?.toString('utf8');
    const text = bytes.toString('utf8');
    return bytes.length <= MAX_XML && /^\ufeff?\s*</.test(text) ? text : undefined;
  } catch {
    // Damaged, or over the bound: zlib says so by throwing.
    return undefined;
  }
}

function firstOfZip(bytes: Buffer): Buffer | undefined {
  // The end record is followed by a comment of at most 64 kB.
  const from = Math.max(0, bytes.length - 65_557);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end < from || bytes.readUInt32LE(end) !== END) return undefined;
  const entry = bytes.readUInt32LE(end + 16);
  if (bytes.readUInt32LE(entry) !== CENTRAL) return undefined;
  const method = bytes.readUInt16LE(entry + 10);
  const packed = bytes.readUInt32LE(entry + 20);
  const local = bytes.readUInt32LE(entry + 42);
  if (bytes.readUInt32LE(local) !== LOCAL) return undefined;
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const data = bytes.subarray(start, start + packed);
  if (method === 0) return data.length <= MAX_XML ? data : undefined;
  return method === 8 ? inflateRawSync(data, { maxOutputLength: MAX_XML }) : undefined;
}
