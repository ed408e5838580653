/**
 * Values as an IMAP server writes them. Answers are built as Latin-1 strings in which one character is one octet,
 * so a literal can stand inline; `wireBytes` turns the finished answer into bytes.
 */

/** Longer strings go out as literals: some clients keep quoted strings in fixed buffers. */
const MAX_QUOTED = 1_000;

export function wireBytes(answer: string): Buffer {
  return Buffer.from(answer, 'latin1');
}

/** UTF-8 octets of a text, one character an octet. */
export function octets(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** A string of octets as quoted string, or as a literal when it holds what a quoted string may not. */
export function formatString(value: string): string {
  if (value.length <= MAX_QUOTED && /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/.test(value)) return quote(value);
  const clean = value.includes('\0') ? value.replaceAll('\0', '') : value;
  return `{${clean.length}}\r\n${clean}`;
}

/** As formatString; NIL for undefined and null. */
export function formatNstring(value: string | null | undefined): string {
  return value === undefined || value === null ? 'NIL' : formatString(value);
}

/** Text (not octets) as a string; UTF-8 when it is not ASCII. */
export function formatText(value: string | null | undefined): string {
  return value === undefined || value === null ? 'NIL' : formatString(octets(value));
}

/** A mailbox name already encoded for the wire: always quoted, UTF-8 only after the client asked for it. */
export function formatMailbox(encoded: string): string {
  return quote(octets(encoded));
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Human text of a status answer: one line, ASCII or UTF-8, never empty and never starting like a response code. */
export function statusText(text: string): string {
  const line = octets(text.replace(/[\r\n\0]+/g, ' '));
  return line === '' ? '-' : line.replace(/^\[/, '(');
}

export function formatFlags(flags: readonly string[]): string {
  return `(${flags.join(' ')})`;
}
