import { ImapSyntaxError } from './errors.ts';

/** One stretch of a command: a line without CRLF and without its literal marker, then the literal, if one follows. */
export interface CommandPiece {
  line: Buffer;
  literal: Buffer | undefined;
}

/** What a line ends with when a literal follows (RFC 3501 §4.3, RFC 7888 `+`, RFC 3516 `~`). */
export interface LiteralMarker {
  /** Octets that follow the CRLF. */
  size: number;
  /** The client does not wait for a continuation. */
  nonSync: boolean;
  /** literal8: may hold NUL. */
  binary: boolean;
  /** Where in the line the marker starts. */
  start: number;
}

/** More digits than any size that we accept: beyond it the number is not even read. */
const MAX_DIGITS = 15;

/** Finds the literal marker at the end of a line without its CRLF; undefined when there is none. */
export function literalMarker(line: Buffer): LiteralMarker | undefined {
  if (line.at(-1) !== 0x7d) return undefined;
  const tail = line.subarray(Math.max(0, line.length - MAX_DIGITS - 4)).toString('latin1');
  const match = /(~?)\{(\d{1,15})(\+?)\}$/.exec(tail);
  if (!match) return undefined;
  return {
    size: Number(match[2]),
    nonSync: match[3] === '+',
    binary: match[1] === '~',
    start: line.length - match[0].length,
  };
}

const ATOM = /[^\x00-\x20(){%*"\\\]\x7f-\xff]+/y;
const ASTRING = /[^\x00-\x20(){%*"\\\x7f-\xff]+/y;
const LIST_CHARS = /[^\x00-\x20(){"\\\x7f]+/y;
const NUMBER = /\d{1,20}/y;
const SEQUENCE = /[\d:,*]+/y;
const QUOTED = /"((?:[^\r\n\0"\\]|\\["\\])*)"/y;

/**
 * Walks over one command. Every method either moves forward over what it names or throws ImapSyntaxError.
 * Text comes back as Latin-1 for atoms (they are ASCII) and as bytes for strings, which may be in any charset.
 */
export class Scanner {
  readonly #pieces: readonly CommandPiece[];
  #index = 0;
  #at = 0;
  #text: string;

  constructor(pieces: readonly CommandPiece[]) {
    this.#pieces = pieces;
    this.#text = (pieces[0]?.line ?? Buffer.alloc(0)).toString('latin1');
  }

  /** True when nothing is left. */
  atEnd(): boolean {
    return (
      this.#at >= this.#text.length && this.#literal() === undefined && this.#index >= this.#pieces.length - 1
    );
  }

  /** The rest must be empty. */
  end(): void {
    if (!this.atEnd()) throw new ImapSyntaxError('Unexpected text after the command');
  }

  /** The next character of the line; an empty string at its end or before a literal. */
  peek(): string {
    return this.#text.charAt(this.#at);
  }

  /** Exactly one space. */
  space(): void {
    this.expect(' ');
  }

  expect(text: string): void {
    if (!this.accept(text)) throw new ImapSyntaxError(text === ' ' ? 'Expected a space' : `Expected ${text}`);
  }

  /** Takes `text` if it comes next, in any case. */
  accept(text: string): boolean {
    const next = this.#text.slice(this.#at, this.#at + text.length);
    if (next.length !== text.length || next.toUpperCase() !== text.toUpperCase()) return false;
    this.#at += text.length;
    return true;
  }

  /** Looks whether `text` comes next, in this very case, without taking it. */
  startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  atom(): string {
    return this.match(ATOM, 'Expected an atom');
  }

  /** An atom in upper case: command names, fetch items, search keys. */
  keyword(): string {
    return this.atom().toUpperCase();
  }

  /** What a sticky pattern finds here. */
  match(pattern: RegExp, problem: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) throw new ImapSyntaxError(problem);
    this.#at = pattern.lastIndex;
    return found[0];
  }

  /** A number within 0..max. */
  number(max = 4_294_967_295): number {
    const value = Number(this.match(NUMBER, 'Expected a number'));
    if (value > max) throw new ImapSyntaxError('Number too large');
    return value;
  }

  /** The characters of a sequence set; parseSequenceSet checks them. */
  sequenceText(): string {
    return this.match(SEQUENCE, 'Expected a sequence set');
  }

  /** Quoted string or literal (RFC 3501 §4.3). */
  string(): Buffer {
    const literal = this.#at >= this.#text.length ? this.#literal() : undefined;
    if (literal !== undefined) {
      this.#nextPiece();
      return literal;
    }
    QUOTED.lastIndex = this.#at;
    const found = QUOTED.exec(this.#text);
    if (!found) throw new ImapSyntaxError('Expected a string');
    this.#at = QUOTED.lastIndex;
    return Buffer.from((found[1] ?? '').replace(/\\(["\\])/g, '$1'), 'latin1');
  }

  /** True when a quoted string or a literal comes next. */
  atString(): boolean {
    return this.peek() === '"' || (this.#at >= this.#text.length && this.#literal() !== undefined);
  }

  astring(): Buffer {
    return this.atString()
      ? this.string()
      : Buffer.from(this.match(ASTRING, 'Expected an atom or a string'), 'latin1');
  }

  /** astring of ASCII or UTF-8 text. */
  astringText(): string {
    return this.astring().toString('utf8');
  }

  /** nstring: undefined for NIL. */
  nstring(): Buffer | undefined {
    if (this.atString()) return this.string();
    this.expect('NIL');
    return undefined;
  }

  /** list-mailbox: an astring that may hold wildcards (RFC 3501 §9). */
  listMailbox(): Buffer {
    if (this.atString()) return this.string();
    return Buffer.from(this.match(LIST_CHARS, 'Expected a mailbox pattern'), 'latin1');
  }

  /** `(` items separated by one space `)`; `()` gives none. Bounded by `max` items. */
  list<T>(item: () => T, max: number): T[] {
    this.expect('(');
    const items: T[] = [];
    if (this.accept(')')) return items;
    do {
      if (items.length >= max) throw new ImapSyntaxError('List is too long');
      items.push(item());
    } while (this.accept(' '));
    this.expect(')');
    return items;
  }

  /** The rest of the current line, for commands with a grammar of their own. */
  rest(): string {
    const rest = this.#text.slice(this.#at);
    this.#at = this.#text.length;
    return rest;
  }

  #literal(): Buffer | undefined {
    return this.#pieces[this.#index]?.literal;
  }

  #nextPiece(): void {
    this.#index++;
    this.#at = 0;
    this.#text = (this.#pieces[this.#index]?.line ?? Buffer.alloc(0)).toString('latin1');
  }
}

/** A tag: any ASTRING character but `+` (RFC 3501 §9); undefined when the line does not start with one. */
export function readTag(line: string): string | undefined {
  const match = /^[^\x00-\x20(){%*"\\\x7f-\xff+]{1,256}(?= |$)/.exec(line);
  return match?.[0];
}
