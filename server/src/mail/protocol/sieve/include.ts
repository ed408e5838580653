import { constants } from './constants.ts';
import { SIEVE_LIMITS } from './limits.ts';
import type { CommandSpec } from './types.ts';

/** include, return and global (RFC 6609). */
const include: CommandSpec = {
  name: 'include',
  extension: 'include',
  tags: [
    { name: 'personal', group: 'location' },
    { name: 'global', group: 'location' },
    { name: 'once' },
    { name: 'optional' },
  ],
  args: ['string'],
  check(call, compile) {
    if (!constants(call.args[0])) compile.fail(call.line, 'include takes no variables');
  },
  async run(run, call) {
    const location = call.tags.has('global') ? 'global' : 'personal';
    const name = run.first(call.args[0]);
    const id = `${location}:${name}`;
    const times = run.included.get(id) ?? 0;
    if (times > 0 && call.tags.has('once')) return undefined;
    if (run.stack.includes(id)) run.fail(call.line, 'A script includes itself');
    if (run.stack.length >= SIEVE_LIMITS.includeDepth)
      run.fail(call.line, 'Scripts include each other too deeply');
    if (times >= SIEVE_LIMITS.includes) run.fail(call.line, 'A script is included too often');
    run.work(20);
    const script = await run.environment.script(location, name);
    if (!script) {
      if (call.tags.has('optional')) return undefined;
      return run.fail(call.line, `There is no script "${name.slice(0, 100)}" to include, or it has an error`);
    }
    run.included.set(id, times + 1);
    run.stack.push(id);
    const flow = await run.include(script);
    run.stack.pop();
    return flow === 'stop' ? 'stop' : undefined;
  },
};

const global: CommandSpec = {
  name: 'global',
  extension: 'include',
  args: ['list'],
  check(call, compile) {
    if (!compile.has('variables')) compile.fail(call.line, 'global needs require "variables"');
    for (const name of constants(call.args[0]) ?? [''])
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) compile.fail(call.line, 'This is no name of a variable');
  },
  run(run, call) {
    for (const name of run.texts(call.args[0])) {
      const key = name.toLowerCase();
      run.frame.globals.add(key);
      run.frame.variables.delete(key);
    }
    return undefined;
  },
};

export const includeCommands: readonly CommandSpec[] = [
  include,
  global,
  { name: 'return', extension: 'include', run: () => 'return' },
];
