import type { MimePart } from '../mime/types.ts';
import type { Section } from './section.ts';

/** Where a section lies in the served octets `[start, end)`. */
export interface SectionRange {
  start: number;
  end: number;
}

/** The sizes of a message that its structure does not hold. */
export interface MessageExtent {
  structure: MimePart;
  /** Octets put before the stored body on reading; the structure's offsets count behind them. */
  prefixSize: number;
  /** Octets of the stored body's header block with its empty line. */
  headerSize: number;
  /** Served octets in all. */
  size: number;
}

/** Finds a section (RFC 3501 §6.4.5); undefined when the message has no such part. */
export function sectionRange(message: MessageExtent, section: Section): SectionRange | undefined {
  const { structure, prefixSize } = message;
  if (section.part.length === 0) {
    const border = prefixSize + message.headerSize;
    if (section.of === 'all') return { start: 0, end: message.size };
    if (section.of === 'text') return { start: border, end: message.size };
    return section.of === 'mime' ? undefined : { start: 0, end: border };
  }
  const part = findPart(structure, section.part);
  const local = part && partRange(part, section.of);
  if (!part || !local) return undefined;
  // The root's own header block begins with the prefix.
  const start = part === structure && section.of === 'mime' ? 0 : local.start + prefixSize;
  return { start, end: local.end + prefixSize };
}

function partRange(part: MimePart, of: Section['of']): SectionRange | undefined {
  if (of === 'all') return { start: part.start, end: part.end };
  if (of === 'mime') return { start: part.headerStart, end: part.start };
  // HEADER and TEXT of a part speak of the message that it holds.
  const inner = part.message?.part;
  if (!inner) return undefined;
  return of === 'text'
    ? { start: inner.start, end: part.end }
    : { start: inner.headerStart, end: inner.start };
}

/** Follows part numbers: children of a multipart, or the only part 1 of anything else. */
function findPart(root: MimePart, path: readonly number[]): MimePart | undefined {
  let part: MimePart | undefined = root;
  for (const [depth, number] of path.entries()) {
    // Below a message part, numbers count inside the message that it holds.
    const holder: MimePart | undefined = depth === 0 ? part : part?.message ? part.message.part : part;
    if (!holder) return undefined;
    if (holder.parts && holder.parts.length > 0) part = holder.parts[number - 1];
    else if (number === 1 && (depth === 0 || part?.message)) part = holder;
    else return undefined;
  }
  return part;
}

/**
 * Keeps (or, with `not`, leaves out) named fields of a header block, folded lines included, in their order, and ends
 * with an empty line (RFC 3501 §6.4.5).
 */
export function filterHeader(header: Buffer, fields: readonly string[], not: boolean): Buffer {
  const wanted = new Set(fields.map((field) => field.toLowerCase()));
  const kept: Buffer[] = [];
  let keep = false;
  for (let at = 0; at < header.length; ) {
    const found = header.indexOf(0x0a, at);
    const end = found < 0 ? header.length : found + 1;
    const line = header.subarray(at, end);
    at = end;
    if (line[0] === 0x0d || line[0] === 0x0a) break;
    if (line[0] !== 0x20 && line[0] !== 0x09) {
      const colon = line.indexOf(0x3a);
      const name = line.subarray(0, Math.max(colon, 0)).toString('latin1').trim().toLowerCase();
      keep = colon > 0 && wanted.has(name) !== not;
    }
    if (keep) kept.push(line);
  }
  kept.push(Buffer.from('\r\n'));
  return Buffer.concat(kept);
}
