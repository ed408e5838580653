/** A word, a string or a number of a command (RFC 5804 §4). */
export type Token =
  | { kind: 'word'; text: string }
  | { kind: 'string'; text: string }
  | { kind: 'number'; value: number };

export interface LineTokens {
  tokens: Token[];
  /** The line ends with `{n+}`: so many octets follow, then the command goes on. */
  literal: number | undefined;
}

/** Quoted strings hold 1,024 octets at most (§1.2); a client that sends more is only bounded by the line. */
const MAX_TOKENS = 20;

/**
 * Splits one line of a command; undefined when it is malformed. `{n}` is taken like `{n+}`: what follows is there
 * anyway, since ManageSieve has no continuation.
 */
export function tokenizeLine(line: string): LineTokens | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    if (tokens.length >= MAX_TOKENS) return undefined;
    const rest = line.slice(at);
    const literal = /^\{(\d{1,10})\+?\}$/.exec(rest);
    if (literal) return { tokens, literal: Number(literal[1]) };
    const quoted = /^"((?:[^"\\\0]|\\["\\])*)"/.exec(rest);
    const plain = quoted ? null : /^[A-Za-z][A-Za-z0-9-]{0,40}|^\d{1,15}(?![A-Za-z0-9])/.exec(rest);
    const found = quoted ?? plain;
    if (!found) return undefined;
    if (quoted) tokens.push({ kind: 'string', text: (quoted[1] ?? '').replace(/\\(["\\])/g, '$1') });
    else if (/^\d/.test(found[0])) tokens.push({ kind: 'number', value: Number(found[0]) });
    else tokens.push({ kind: 'word', text: found[0].toUpperCase() });
    at += found[0].length;
    if (at === line.length) break;
    const space = /^ +/.exec(line.slice(at));
    if (!space) return undefined;
    at += space[0].length;
  }
  return { tokens, literal: undefined };
}

/** A string for the client: quoted when it fits, else a literal. */
export function quoteString(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= 1_000 && !/[\0\r\n]/.test(text)) return `"${text.replace(/[\\"]/g, '\\$&')}"`;
  return `{${bytes}}\r\n${text}`;
}

/** A response code in its brackets. */
export function codeText(code: string | undefined): string {
  return code === undefined ? '' : ` (${code})`;
}
