import { SieveError } from './errors.ts';
import { SIEVE_LIMITS } from './limits.ts';

export type Token =
  | { kind: 'word' | 'tag' | 'string'; text: string; line: number }
  | { kind: 'number'; value: number; line: number }
  | { kind: '{' | '}' | '(' | ')' | '[' | ']' | ',' | ';' | 'end'; line: number };

const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /([0-9]+)([KMGkmg]?)(?![A-Za-z0-9_])/y;
const SPACE = /[ \t\r\n]+/y;
const PUNCTUATION = new Set(['{', '}', '(', ')', '[', ']', ',', ';'] as const);
const FACTOR = new Map([
  ['', 1],
  ['k', 1024],
  ['m', 1024 ** 2],
  ['g', 1024 ** 3],
]);

type Punctuation = typeof PUNCTUATION extends Set<infer T> ? T : never;

function isPunctuation(text: string | undefined): text is Punctuation {
  return text !== undefined && (PUNCTUATION as ReadonlySet<string>).has(text);
}

/** Splits a script into tokens (RFC 5228 §8.1). Line ends by LF alone are accepted. Throws SieveError. */
export function tokenize(script: string): Token[] {
  if (Buffer.byteLength(script) > SIEVE_LIMITS.scriptBytes) throw new SieveError(1, 'The script is too long');
  const tokens: Token[] = [];
  const state = { at: script.startsWith('\ufeff') ? 1 : 0, line: 1 };
  for (;;) {
    skipBlank(script, state);
    if (state.at >= script.length) break;
    if (tokens.length >= SIEVE_LIMITS.tokens)
      throw new SieveError(state.line, 'The script has too many words');
    tokens.push(readToken(script, state));
  }
  tokens.push({ kind: 'end', line: state.line });
  return tokens;
}

interface State {
  at: number;
  line: number;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function advance(script: string, state: State, end: number): void {
  state.line += countLines(script.slice(state.at, end));
  state.at = end;
}

function matchAt(pattern: RegExp, script: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(script);
}

/** White space, `# …` to the end of the line, and C-style comments. */
function skipBlank(script: string, state: State): void {
  for (;;) {
    const space = matchAt(SPACE, script, state.at);
    if (space) advance(script, state, state.at + space[0].length);
    else if (script[state.at] === '#') {
      const end = script.indexOf('\n', state.at);
      advance(script, state, end < 0 ? script.length : end + 1);
    } else if (script.startsWith('/*', state.at)) {
      const end = script.indexOf('*/', state.at + 2);
      if (end < 0) throw new SieveError(state.line, 'A comment is not closed');
      advance(script, state, end + 2);
    } else return;
  }
}

function readToken(script: string, state: State): Token {
  const { line } = state;
  const character = script[state.at];
  if (isPunctuation(character)) {
    state.at++;
    return { kind: character, line };
  }
  if (character === '"') return { kind: 'string', text: readQuoted(script, state), line };
  const number = matchAt(NUMBER, script, state.at);
  if (number) {
    state.at += number[0].length;
    const value = Number(number[1]) * (FACTOR.get((number[2] ?? '').toLowerCase()) ?? 1);
    if (!Number.isSafeInteger(value)) throw new SieveError(line, 'A number is too large');
    return { kind: 'number', value, line };
  }
  const isTag = character === ':';
  const word = matchAt(WORD, script, state.at + (isTag ? 1 : 0));
  if (!word) throw new SieveError(line, `Unexpected character ${JSON.stringify(character ?? '')}`);
  state.at += word[0].length + (isTag ? 1 : 0);
  if (!isTag && word[0].toLowerCase() === 'text' && script[state.at] === ':')
    return { kind: 'string', text: readMultiline(script, state), line };
  return { kind: isTag ? 'tag' : 'word', text: word[0].toLowerCase(), line };
}

function readQuoted(script: string, state: State): string {
  const { line } = state;
  let text = '';
  let at = state.at + 1;
  let from = at;
  for (; ; at++) {
    const character = script[at];
    if (character === undefined) throw new SieveError(line, 'A string is not closed');
    if (character === '"') break;
    if (character !== '\\') continue;
    text += script.slice(from, at);
    // RFC 5228 §2.4.2: an undefined escape is the character alone.
    from = ++at;
  }
  text += script.slice(from, at);
  advance(script, state, at + 1);
  return checked(text, line);
}

/** `text:` up to a line with a dot alone; a leading dot is doubled (RFC 5228 §2.4.2). */
function readMultiline(script: string, state: State): string {
  const { line } = state;
  const head = matchAt(/:[ \t]*(#[^\n]*)?\r?\n/y, script, state.at);
  if (!head) throw new SieveError(line, 'A line break is missing after text:');
  const start = state.at + head[0].length;
  const end = matchAt(/\.(?:\r?\n|$)/y, script, start) ? start - 1 : findDotLine(script, start);
  if (end === undefined)
    throw new SieveError(line, 'A text: string has no line with a single dot at its end');
  const text = end < start ? '' : script.slice(start, end + 1);
  const after = script.indexOf('\n', end + 1);
  advance(script, state, after < 0 ? script.length : after + 1);
  return checked(text.replace(/^\.\./gm, '.').replace(/\r?\n/g, '\r\n'), line);
}

/** Offset of the line break before the dot line. */
function findDotLine(script: string, start: number): number | undefined {
  const pattern = /\n\.(?=\r?\n|$)/g;
  pattern.lastIndex = start;
  for (let match = pattern.exec(script); match; match = pattern.exec(script)) {
    const next = script[match.index + 2];
    if (next === undefined || next === '\n' || next === '\r') return match.index;
  }
  return undefined;
}

function checked(text: string, line: number): string {
  if (text.length > SIEVE_LIMITS.stringLength) throw new SieveError(line, 'A string is too long');
  if (text.includes('\0')) throw new SieveError(line, 'A string holds a NUL');
  return text;
}
