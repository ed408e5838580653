import { decodeText, isAscii } from './charset.ts';

export interface HeaderField {
  /** Lower case. */
  name: string;
  /** Unfolded, trimmed; encoded words are still encoded. */
  value: string;
}

/** More fields than this are kept in the bytes but not looked at. */
const MAX_FIELDS = 1_000;
/** A single value is looked at up to here. */
const MAX_VALUE = 32_768;

/** Splits a header block into fields (RFC 5322 §2.2). Lines that are no field are skipped, bare LF is accepted. */
export function parseHeader(block: Buffer): HeaderField[] {
  const text = isAscii(block) ? block.toString('latin1') : undefined;
  const fields: HeaderField[] = [];
  let at = 0;
  while (at < block.length && fields.length < MAX_FIELDS) {
    const end = fieldEnd(block, at);
    const colon = block.indexOf(0x3a, at);
    if (colon > at && colon < end) {
      const name = block.toString('latin1', at, colon).trimEnd().toLowerCase();
      if (/^[!-9;-~]{1,200}$/.test(name)) {
        const stop = Math.min(end, colon + 1 + MAX_VALUE);
        const raw = text?.slice(colon + 1, stop) ?? decodeText(block.subarray(colon + 1, stop));
        fields.push({ name, value: unfold(raw) });
      }
    }
    at = end;
  }
  return fields;
}

/** Offset after the field (with its continuation lines) that begins at `at`. */
function fieldEnd(block: Buffer, at: number): number {
  let end = at;
  do {
    const newline = block.indexOf(0x0a, end);
    if (newline < 0) return block.length;
    end = newline + 1;
  } while (block[end] === 0x20 || block[end] === 0x09);
  return end;
}

/** RFC 5322 §2.2.3; NUL and other controls go, they have no place in a header. */
function unfold(value: string): string {
  return value
    .replace(/\r?\n[ \t]*/g, ' ')
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
    .trim();
}

/**
 * Lines of the named fields (or of all others with `not`), as HEADER.FIELDS wants them: original bytes,
 * closed by an empty line (RFC 3501 §6.4.5).
 */
export function filterHeader(block: Buffer, names: readonly string[], not: boolean): Buffer {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const pieces: Buffer[] = [];
  let at = 0;
  while (at < block.length) {
    const end = fieldEnd(block, at);
    const colon = block.indexOf(0x3a, at);
    if (colon > at && colon < end) {
      const name = block.toString('latin1', at, colon).trimEnd().toLowerCase();
      if (wanted.has(name) !== not) pieces.push(block.subarray(at, end));
    }
    at = end;
  }
  pieces.push(Buffer.from('\r\n'));
  return Buffer.concat(pieces);
}
