import { RE2JS, RE2JSSyntaxException } from 're2js';
import { matchGlob, parseGlob } from './glob.ts';
import { SIEVE_LIMITS } from './limits.ts';
import type { Matcher, Relation } from './types.ts';

/** What a match tells: the groups for `${0}` … (RFC 5229 §3.2); undefined for match types that set none. */
export type MatchResult = { groups: readonly string[] | undefined } | undefined;

/** Compares one value with one key. `work` is told how many characters are looked at; it throws when it is too much. */
export function matchOne(
  matcher: Matcher,
  value: string,
  key: string,
  work: (characters: number) => void,
): MatchResult {
  const { comparator } = matcher;
  work(value.length + 16);
  switch (matcher.type) {
    case 'is':
      return isEqual(matcher, value, key) ? { groups: undefined } : undefined;
    case 'contains':
      return comparator.fold?.(value).includes(comparator.fold(key)) ? { groups: undefined } : undefined;
    case 'matches':
      return matchWild(matcher, value, key, work);
    case 'regex':
      return matchRegex(matcher, value, key, work);
    case 'value':
    case 'count':
      return holds(matcher.relation, comparator.compare(value, key)) ? { groups: undefined } : undefined;
  }
}

function isEqual({ comparator }: Matcher, value: string, key: string): boolean {
  return comparator.fold
    ? comparator.fold(value) === comparator.fold(key)
    : comparator.compare(value, key) === 0;
}

function holds(relation: Relation, order: number): boolean {
  switch (relation) {
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
  }
}

function matchWild(
  { comparator }: Matcher,
  value: string,
  key: string,
  work: (characters: number) => void,
): MatchResult {
  const fold = comparator.fold ?? ((text: string) => text);
  const folded = fold(value);
  const pieces = parseGlob(key).map((piece) =>
    piece.kind === 'text' ? { kind: piece.kind, text: fold(piece.text) } : piece,
  );
  const captures = matchGlob(pieces, folded, work);
  if (!captures) return undefined;
  // Folding may change lengths (ß, ﬁ); then the folded text is the best that can be given.
  const source = folded.length === value.length ? value : folded;
  return { groups: [value, ...captures.map(([start, end]) => source.slice(start, end))] };
}

/** Compiled expressions; strangers do not write them, so a small number does. */
const compiled = new Map<string, RE2JS>();
const MAX_COMPILED = 500;

/** Compiles a regular expression (POSIX ERE, leftmost longest); throws an Error that says what is wrong. */
export function compileRegex(pattern: string, ignoreCase: boolean): RE2JS {
  const id = `${ignoreCase ? 'i' : 'c'}${pattern}`;
  const known = compiled.get(id);
  if (known) return known;
  const made = build(pattern, ignoreCase);
  if (made.programSize() > SIEVE_LIMITS.regexProgram) throw new Error('The regular expression is too large');
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(id, made);
  return made;
}

function build(pattern: string, ignoreCase: boolean): RE2JS {
  try {
    return RE2JS.compile(
      pattern,
      RE2JS.LONGEST_MATCH | RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0),
    );
  } catch (error) {
    const why =
      error instanceof RE2JSSyntaxException ? error.message.replace(/^error parsing regexp: /, '') : '';
    throw new Error(`The regular expression is wrong${why === '' ? '' : `: ${why}`}`);
  }
}

function matchRegex(
  { comparator }: Matcher,
  value: string,
  key: string,
  work: (characters: number) => void,
): MatchResult {
  const regex = compileRegex(key, comparator.ignoreCase);
  const input = value.slice(0, SIEVE_LIMITS.regexInput);
  work(input.length * regex.programSize() * 4);
  const matcher = regex.matcher(input);
  if (!matcher.find()) return undefined;
  const groups: string[] = [];
  for (let index = 0; index <= matcher.groupCount(); index++) groups.push(matcher.group(index) ?? '');
  return { groups };
}
