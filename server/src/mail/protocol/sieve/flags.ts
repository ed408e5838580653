import { checkKeys, constants } from './constants.ts';
import { parseFlags } from './control.ts';
import { compareValues } from './header-tests.ts';
import type { Call, CommandSpec, CompileContext, Run, TestSpec } from './types.ts';

/** imap4flags (RFC 5232). Without a variable name the internal variable is meant, which keep and fileinto take. */
function flagCommand(name: string, change: (before: string[], flags: string[]) => string[]): CommandSpec {
  return {
    name,
    extension: 'imap4flags',
    args: ['string', 'list'],
    optionalFirst: true,
    check: checkVariable,
    run(run, call) {
      const variable = variableOf(run, call);
      const before = variable === undefined ? [...run.flags] : parseFlags([run.getVariable(variable)]);
      const after = parseFlags(change(before, parseFlags(run.texts(call.args.at(-1)))));
      if (variable === undefined) run.flags = after;
      else run.setVariable(variable, after.join(' '), call.line);
      return undefined;
    },
  };
}

function checkVariable(call: Call<CommandSpec> | Call<TestSpec>, compile: CompileContext): void {
  if (call.args.length < 2) return;
  if (!compile.has('variables')) compile.fail(call.line, 'A variable needs require "variables"');
  for (const name of constants(call.args[0]) ?? []) {
    if (!/^(?:global\.)?[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      compile.fail(call.line, 'This is no name of a variable');
  }
}

function variableOf(run: Run, call: Call<CommandSpec>): string | undefined {
  return call.args.length < 2 ? undefined : run.first(call.args[0]).toLowerCase();
}

const without = (before: string[], flags: string[]) => {
  const gone = new Set(flags.map((flag) => flag.toLowerCase()));
  return before.filter((flag) => !gone.has(flag.toLowerCase()));
};

const hasflag: TestSpec = {
  name: 'hasflag',
  extension: 'imap4flags',
  args: ['list', 'list'],
  optionalFirst: true,
  matching: true,
  check(call, compile) {
    checkVariable(call, compile);
    checkKeys(call, call.args.at(-1), compile);
  },
  run(run, call) {
    const values =
      call.args.length < 2
        ? [...run.flags]
        : parseFlags(run.texts(call.args[0]).map((name) => run.getVariable(name.toLowerCase())));
    const keys = run.texts(call.args.at(-1));
    return compareValues(run, call, values, call.matcher.type === 'is' ? parseFlags(keys) : keys);
  },
};

export const flagCommands: readonly CommandSpec[] = [
  flagCommand('setflag', (_, flags) => flags),
  flagCommand('addflag', (before, flags) => [...before, ...flags]),
  flagCommand('removeflag', without),
];
export const flagTests: readonly TestSpec[] = [hasflag];
