import { clean, decodeText } from './charset.ts';

const WORD = /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=/g;
/** Longer texts are decoded up to here: a header of a megabyte of encoded words is an attack. */
const MAX_DECODE = 65_536;

/**
 * Decodes RFC 2047 encoded words in an unfolded text. Neighbours of one charset are joined as bytes first, since
 * many Chinese mailers cut a character in two; spaces between neighbours vanish (§6.2).
 */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return clean(text);
  const source = text.slice(0, MAX_DECODE);
  let out = '';
  let last = 0;
  let held: { charset: string; parts: Buffer[] } | undefined;
  const release = () => {
    if (held) out += decodeText(Buffer.concat(held.parts), held.charset);
    held = undefined;
  };
  for (const match of source.matchAll(WORD)) {
    const between = source.slice(last, match.index);
    const charset = (match[1] ?? '').toLowerCase();
    if (between.trim() !== '' || !held) {
      release();
      out += between;
    } else if (held.charset !== charset) release();
    held ??= { charset, parts: [] };
    held.parts.push(wordBytes(match[2] ?? 'q', match[3] ?? ''));
    last = match.index + match[0].length;
  }
  release();
  return clean(out + source.slice(last));
}

function wordBytes(kind: string, text: string): Buffer {
  if (kind === 'b' || kind === 'B') return Buffer.from(text, 'base64');
  const bytes = Buffer.alloc(text.length * 3);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const hex = text[index] === '=' ? hexByte(text, index + 1) : undefined;
    if (hex !== undefined) {
      bytes[length++] = hex;
      index += 2;
    } else if (text[index] === '_') bytes[length++] = 0x20;
    else length += bytes.write(text[index] ?? '', length, 'utf8');
  }
  return bytes.subarray(0, length);
}

export function hexByte(text: string, at: number): number | undefined {
  const pair = text.slice(at, at + 2);
  return /^[0-9a-fA-F]{2}$/.test(pair) ? Number.parseInt(pair, 16) : undefined;
}

/** Encodes a text for a header as RFC 2047 words of whole characters when it is not plain ASCII. */
export function encodeWords(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return text;
  const words: string[] = [];
  let piece = '';
  for (const character of clean(text).replace(/[\r\n]+/g, ' ')) {
    // 45 octets make 60 characters of base64; with the frame the word stays within 75 (§2).
    if (Buffer.byteLength(piece + character) > 45) {
      words.push(piece);
      piece = '';
    }
    piece += character;
  }
  words.push(piece);
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}
