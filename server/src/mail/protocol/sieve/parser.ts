import { SieveError } from './errors.ts';
import { type Token, tokenize } from './lexer.ts';
import { SIEVE_LIMITS } from './limits.ts';

/** Arguments as they stand in the script; names of tags in lower case, without the colon. */
export type ArgumentNode =
  | { kind: 'tag'; name: string; line: number }
  | { kind: 'number'; value: number; line: number }
  | { kind: 'string'; text: string; line: number }
  | { kind: 'list'; texts: string[]; line: number };

export interface TestNode {
  /** Lower case. */
  name: string;
  line: number;
  args: ArgumentNode[];
  tests: TestNode[];
  /** The tests stood in parentheses. */
  testList: boolean;
}

export interface CommandNode extends TestNode {
  block: CommandNode[] | undefined;
}

/** Parses a script by the grammar of RFC 5228 §8.2, whatever its commands mean. Throws SieveError. */
export function parseScript(script: string): CommandNode[] {
  const tokens = tokenize(script);
  let at = 0;
  const peek = (): Token => tokens[at] ?? { kind: 'end', line: 1 };
  const next = (): Token => {
    const token = peek();
    if (token.kind !== 'end') at++;
    return token;
  };
  const expect = (kind: Token['kind'], what: string): Token => {
    const token = next();
    if (token.kind !== kind) throw new SieveError(token.line, `${what} expected, found ${describe(token)}`);
    return token;
  };

  function commands(depth: number): CommandNode[] {
    if (depth > SIEVE_LIMITS.nesting) throw new SieveError(peek().line, 'Blocks are nested too deeply');
    const list: CommandNode[] = [];
    while (peek().kind === 'word') list.push(command(depth));
    return list;
  }

  function command(depth: number): CommandNode {
    const head = call(depth);
    if (peek().kind !== '{') {
      expect(';', '";"');
      return { ...head, block: undefined };
    }
    next();
    const block = commands(depth + 1);
    expect('}', '"}" or a command');
    return { ...head, block };
  }

  /** identifier arguments: what commands and tests have in common. */
  function call(depth: number): TestNode {
    if (depth > SIEVE_LIMITS.nesting) throw new SieveError(peek().line, 'Tests are nested too deeply');
    const name = next();
    if (name.kind !== 'word') throw new SieveError(name.line, `A name expected, found ${describe(name)}`);
    const args: ArgumentNode[] = [];
    for (let arg = argument(); arg; arg = argument()) args.push(arg);
    const found = { name: name.text, line: name.line, args };
    if (peek().kind === 'word') return { ...found, tests: [call(depth + 1)], testList: false };
    if (peek().kind !== '(') return { ...found, tests: [], testList: false };
    next();
    const tests = [call(depth + 1)];
    while (peek().kind === ',') {
      next();
      tests.push(call(depth + 1));
    }
    expect(')', '")" or ","');
    return { ...found, tests, testList: true };
  }

  function argument(): ArgumentNode | undefined {
    const token = peek();
    if (token.kind === 'tag') {
      next();
      return { kind: 'tag', name: token.text, line: token.line };
    }
    if (token.kind === 'number') {
      next();
      return { kind: 'number', value: token.value, line: token.line };
    }
    if (token.kind === 'string') {
      next();
      return { kind: 'string', text: token.text, line: token.line };
    }
    return token.kind === '[' ? list() : undefined;
  }

  function list(): ArgumentNode {
    const { line } = next();
    const texts: string[] = [];
    for (;;) {
      const token = next();
      if (token.kind !== 'string')
        throw new SieveError(token.line, `A string expected, found ${describe(token)}`);
      if (texts.push(token.text) > SIEVE_LIMITS.listLength)
        throw new SieveError(token.line, `A list has more than ${SIEVE_LIMITS.listLength} strings`);
      const after = next();
      if (after.kind === ']') return { kind: 'list', texts, line };
      if (after.kind !== ',')
        throw new SieveError(after.line, `"," or "]" expected, found ${describe(after)}`);
    }
  }

  const found = commands(0);
  const rest = peek();
  if (rest.kind !== 'end') throw new SieveError(rest.line, `A command expected, found ${describe(rest)}`);
  return found;
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end of the script';
    case 'word':
      return `"${token.text.slice(0, 50)}"`;
    case 'tag':
      return `":${token.text.slice(0, 50)}"`;
    case 'string':
      return 'a string';
    case 'number':
      return 'a number';
    default:
      return `"${token.kind}"`;
  }
}
