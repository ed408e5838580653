import { checkKeys, constants } from './constants.ts';
import { compareValues } from './header-tests.ts';
import type { CommandSpec, TagSpec, TestSpec } from './types.ts';

/** Modifiers of `set` by precedence, highest first (RFC 5229 §4.1, draft regex, RFC 5435 §6). */
const MODIFIERS: readonly (TagSpec & { apply(text: string): string })[] = [
  { name: 'lower', group: '40', apply: (text) => text.toLowerCase() },
  { name: 'upper', group: '40', apply: (text) => text.toUpperCase() },
  { name: 'lowerfirst', group: '30', apply: (text) => changeFirst(text, (first) => first.toLowerCase()) },
  { name: 'upperfirst', group: '30', apply: (text) => changeFirst(text, (first) => first.toUpperCase()) },
  { name: 'quotewildcard', group: '20', apply: (text) => text.replace(/[*?\\]/g, '\\$&') },
  {
    name: 'quoteregex',
    group: '20',
    extension: 'regex',
    apply: (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  },
  { name: 'encodeurl', group: '15', extension: 'enotify', apply: encodeUrl },
  { name: 'length', group: '10', apply: (text) => String([...text].length) },
];

function changeFirst(text: string, change: (first: string) => string): string {
  const [first = ''] = text;
  return change(first) + text.slice(first.length);
}

/** RFC 5435 §6: everything but unreserved characters of RFC 3986, in UTF-8. */
function encodeUrl(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const NAME = /^(?:global\.)?[A-Za-z_][A-Za-z0-9_]*$/;

const set: CommandSpec = {
  name: 'set',
  extension: 'variables',
  tags: MODIFIERS,
  args: ['string', 'string'],
  check(call, compile) {
    const [name] = constants(call.args[0]) ?? [];
    if (name === undefined || !NAME.test(name))
      return compile.fail(call.line, 'This is no name of a variable');
    if (name.toLowerCase().startsWith('global.') && !compile.has('include'))
      compile.fail(call.line, 'global variables need require "include"');
  },
  run(run, call) {
    let text = run.first(call.args[1]);
    for (const modifier of MODIFIERS) if (call.tags.has(modifier.name)) text = modifier.apply(text);
    run.setVariable(run.first(call.args[0]).toLowerCase(), text, call.line);
    return undefined;
  },
};

const string: TestSpec = {
  name: 'string',
  extension: 'variables',
  args: ['list', 'list'],
  matching: true,
  check: (call, compile) => checkKeys(call, call.args[1], compile),
  run(run, call) {
    const values = run.texts(call.args[0]);
    // RFC 5229 §5: empty strings are not counted.
    const counted = call.matcher.type === 'count' ? values.filter((value) => value !== '') : values;
    return compareValues(run, call, counted, run.texts(call.args[1]));
  },
};

export const variableCommands: readonly CommandSpec[] = [set];
export const variableTests: readonly TestSpec[] = [string];
