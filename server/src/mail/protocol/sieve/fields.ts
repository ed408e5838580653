import { decodeWords, encodeWords, parseHeader } from '../mime/index.ts';
import type { Field } from './types.ts';

/** More fields than this stay in the message, and scripts do not see them. */
const MAX_FIELDS = 2_000;

/** Splits a header block into fields with their bytes; lines that are no field become fields without a name. */
export function splitFields(block: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  while (at < block.length && fields.length < MAX_FIELDS) {
    let end = at;
    do {
      const newline = block.indexOf(0x0a, end);
      end = newline < 0 ? block.length : newline + 1;
    } while (end < block.length && (block[end] === 0x20 || block[end] === 0x09));
    const raw = block.subarray(at, end);
    const name = /^([!-9;-~]{1,200})[ \t]*:/.exec(raw.toString('latin1', 0, Math.min(raw.length, 260)))?.[1];
    fields.push({ name: name?.toLowerCase() ?? '', raw });
    at = end;
  }
  if (at < block.length) fields.push({ name: '', raw: block.subarray(at) });
  return fields;
}

/** The block again, ending with a line break. */
export function joinFields(fields: readonly Field[]): Buffer {
  const pieces = fields.flatMap(({ raw }) => (raw.at(-1) === 0x0a ? [raw] : [raw, Buffer.from('\r\n')]));
  return Buffer.concat(pieces);
}

/** Unfolded and trimmed; encoded words stay. */
export function rawValue(field: Field): string {
  return valuesOf(field).raw;
}

/** What `header` compares: decoded as RFC 5228 §2.7.2 asks. */
export function decodedValue(field: Field): string {
  const values = valuesOf(field);
  values.decoded ??= decodeWords(values.raw).trim();
  return values.decoded;
}

/** Thirty filters ask for the subject thirty times: it is read once. */
const known = new WeakMap<Field, { raw: string; decoded?: string }>();

function valuesOf(field: Field): { raw: string; decoded?: string } {
  const before = known.get(field);
  if (before) return before;
  const made = { raw: parseHeader(field.raw)[0]?.value ?? '' };
  known.set(field, made);
  return made;
}

/** A new field (RFC 5293 §4): words that are not ASCII are encoded, long lines folded at spaces. */
export function newField(name: string, value: string): Field {
  const text = encodeWords(value.replace(/[\r\n]+[ \t]*/g, ' ').trim());
  const lines: string[] = [];
  let line = `${name}:`;
  for (const word of text.split(/ (?=\S)/)) {
    if (line.length + 1 + word.length > 78 && line.length > name.length + 1) {
      lines.push(line);
      line = ` ${word}`;
    } else line += ` ${word}`;
  }
  lines.push(line);
  return { name: name.toLowerCase(), raw: Buffer.from(`${lines.join('\r\n')}\r\n`) };
}
