import { clean, decodeText } from './charset.ts';
import type { Params } from './types.ts';
import { decodeWords, hexByte } from './words.ts';

/** More parameters than any mailer writes. */
const MAX_PARAMS = 50;
const MAX_VALUE = 4_096;
const MAX_TEXT = 16_384;

export interface Parametrized {
  /** Lower case, e.g. `text/plain` or `attachment`. */
  value: string;
  params: Params;
}

/** Parses `value; name=value; …` of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2231), tolerantly. */
export function parseParametrized(text: string): Parametrized {
  const pieces = splitOutsideQuotes(text.slice(0, MAX_TEXT), ';');
  const value = (pieces.shift() ?? '')
    .slice(0, 300)
    .replace(/\([^)]*\)/g, '')
    .trim()
    .toLowerCase();
  const raw: [string, string, quoted: boolean][] = [];
  for (const piece of pieces.slice(0, MAX_PARAMS)) {
    const equals = piece.indexOf('=');
    if (equals <= 0) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    if (!/^[!-~]{1,80}$/.test(name)) continue;
    raw.push([name, ...unquote(piece.slice(equals + 1).trim())]);
  }
  return { value, params: joinContinuations(raw) };
}

export function param(params: Params, name: string): string | undefined {
  return params.find(([known]) => known === name)?.[1];
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const pieces: string[] = [];
  let quoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted && character === '\\') index++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === separator) {
      pieces.push(text.slice(start, index));
      start = index + 1;
    }
  }
  // An unclosed quote must not swallow the parameters behind it: read again without quotes.
  if (quoted && pieces.length === 0 && text.includes(separator)) return text.split(separator);
  pieces.push(text.slice(start));
  return pieces;
}

function unquote(text: string): [string, boolean] {
  if (!text.startsWith('"')) {
    const comment = text.endsWith(')') ? text.lastIndexOf('(') : -1;
    return [(comment > 0 ? text.slice(0, comment).trimEnd() : text).slice(0, MAX_VALUE), false];
  }
  const inner = text.replace(/^"/, '').replace(/"[^"]*$/, '');
  return [inner.replace(/\\(["\\])/g, '$1').slice(0, MAX_VALUE), true];
}

interface Section {
  index: number;
  encoded: boolean;
  value: string;
}

/** RFC 2231: `name*0*=utf-8''…; name*1=…` become one value; plain values may hold RFC 2047 words, as Foxmail writes. */
function joinContinuations(raw: readonly [string, string, boolean][]): Params {
  const sections = new Map<string, Section[]>();
  const plain = new Map<string, string>();
  const order: string[] = [];
  for (const [name, value] of raw) {
    const match = /^([^*]+)(?:\*(\d{1,3}))?(\*)?$/.exec(name);
    const base = match?.[1] ?? name;
    if (!order.includes(base)) order.push(base);
    if (match && (match[2] !== undefined || match[3] !== undefined)) {
      const list = sections.get(base) ?? [];
      list.push({ index: Number(match[2] ?? 0), encoded: match[3] !== undefined, value });
      sections.set(base, list);
    } else if (!plain.has(base)) plain.set(base, decodeWords(value));
  }
  return order.map((name) => {
    const list = sections.get(name);
    return [name, list ? joinSections(list) : (plain.get(name) ?? '')];
  });
}

function joinSections(list: Section[]): string {
  list.sort((a, b) => a.index - b.index);
  let charset: string | undefined;
  const bytes = list.map((section, position) => {
    if (!section.encoded) return Buffer.from(section.value);
    const match = position === 0 ? /^([^']*)'[^']*'(.*)$/s.exec(section.value) : null;
    if (match) charset = match[1];
    return percentBytes(match?.[2] ?? section.value);
  });
  return clean(decodeText(Buffer.concat(bytes), charset));
}

function percentBytes(text: string): Buffer {
  const source = Buffer.from(text);
  const bytes = Buffer.alloc(source.length);
  let length = 0;
  for (let index = 0; index < source.length; index++) {
    const byte = source[index] ?? 0;
    const hex = byte === 0x25 ? hexByte(source.toString('latin1', index, index + 3), 1) : undefined;
    bytes[length++] = hex ?? byte;
    if (hex !== undefined) index += 2;
  }
  return bytes.subarray(0, length);
}
