import type { Address } from './types.ts';
import { decodeWords } from './words.ts';

/** A To field longer than this is kept in the bytes; the stored envelope stays small. */
const MAX_ADDRESSES = 1_000;
/** Nested comments beyond this are read as text: each level would be another turn of the loop. */
const MAX_COMMENT_DEPTH = 20;

interface Pending {
  phrase: string;
  comment: string;
  angle: string | undefined;
}

/** Parses an address list (RFC 5322 §3.4 with §4.4), accepting what real mailers send; never throws. */
export function parseAddresses(text: string): Address[] {
  const list: Address[] = [];
  let pending: Pending = { phrase: '', comment: '', angle: undefined };
  let inGroup = false;
  // After one quote that never closes, quotes are plain characters: looking again each time would be quadratic.
  let quotes = true;
  const flush = () => {
    const address = finish(pending);
    if (address) list.push(address);
    pending = { phrase: '', comment: '', angle: undefined };
  };
  let at = 0;
  while (at < text.length && list.length < MAX_ADDRESSES) {
    const character = text[at] ?? '';
    const quoted = character === '"' && quotes ? quotedEnd(text, at) : undefined;
    if (character === '"' && quoted === undefined) quotes = false;
    if (quoted !== undefined) {
      pending.phrase += text.slice(at, quoted);
      at = quoted;
    } else if (character === '(') {
      const end = commentEnd(text, at);
      pending.comment = text.slice(at + 1, end - 1);
      at = end;
    } else if (character === '<') {
      const end = angleEnd(text, at);
      pending.angle = text.slice(at + 1, end);
      at = end + 1;
    } else if (character === ',') {
      flush();
      at++;
    } else if (
      character === ':' &&
      !inGroup &&
      pending.angle === undefined &&
      !pending.phrase.includes('@')
    ) {
      list.push({ name: null, mailbox: unquotePhrase(pending.phrase), host: null });
      pending = { phrase: '', comment: '', angle: undefined };
      inGroup = true;
      at++;
    } else if (character === ';') {
      flush();
      if (inGroup) list.push({ name: null, mailbox: null, host: null });
      inGroup = false;
      at++;
    } else {
      pending.phrase += character;
      at++;
    }
  }
  flush();
  if (inGroup) list.push({ name: null, mailbox: null, host: null });
  return list;
}

function finish(pending: Pending): Address | undefined {
  const phrase = unquotePhrase(pending.phrase);
  if (pending.angle !== undefined) {
    // A source route `@a,@b:` is dropped (§4.4).
    const spec = pending.angle.replace(/^\s*@[^:]*:/, '');
    const name = phrase !== '' ? phrase : pending.comment.trim();
    if (spec.trim() === '' && name === '') return undefined;
    return { name: name === '' ? null : name, ...split(spec) };
  }
  if (phrase === '') return undefined;
  const comment = pending.comment.trim();
  return { name: comment === '' ? null : comment, ...split(pending.phrase) };
}

/** `local@domain`, quotes of the local part removed; a text without `@` becomes a local part with an empty domain. */
function split(spec: string): { mailbox: string; host: string } {
  const text = spec.trim();
  const at = text.lastIndexOf('@');
  if (at < 0) return { mailbox: unquotePhrase(text), host: '' };
  return { mailbox: unquotePhrase(text.slice(0, at)), host: text.slice(at + 1).replace(/\s+/g, '') };
}

function unquotePhrase(text: string): string {
  return text
    .replace(/"((?:[^"\\]|\\.)*)"?/gs, (_, inner: string) => inner.replace(/\\(.)/gs, '$1'))
    .replace(/\s+/g, ' ')
    .trim();
}

function quotedEnd(text: string, at: number): number | undefined {
  for (let index = at + 1; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '"') return index + 1;
  }
  return undefined;
}

function commentEnd(text: string, at: number): number {
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '(' && depth < MAX_COMMENT_DEPTH) depth++;
    else if (text[index] === ')' && --depth === 0) return index + 1;
  }
  return text.length;
}

function angleEnd(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index++) {
    if (text[index] === '"') {
      const end = quotedEnd(text, index);
      if (end === undefined) break;
      index = end - 1;
    } else if (text[index] === '>') return index;
  }
  const close = text.indexOf('>', at);
  return close < 0 ? text.length : close;
}

/** `mailbox@host` for people and comparisons; empty for group borders. */
export function addressOf(address: Address): string {
  return address.host ? `${address.mailbox ?? ''}@${address.host}` : '';
}

/** Decoded name and address of every entry in one text. */
export function addressesText(list: readonly Address[]): string {
  return list
    .map((one) =>
      [one.name === null ? '' : decodeWords(one.name), addressOf(one) || (one.mailbox ?? '')].join(' '),
    )
    .join(', ');
}
