import { checkKeys } from './constants.ts';
import { compareValues } from './header-tests.ts';
import type { CommandSpec, TestSpec } from './types.ts';

/** environment (RFC 5183); an item that is not known matches nothing, not even "". */
const environment: TestSpec = {
  name: 'environment',
  extension: 'environment',
  args: ['string', 'list'],
  matching: true,
  check: (call, compile) => checkKeys(call, call.args[1], compile),
  run(run, call) {
    const value = run.environment.items.get(run.first(call.args[0]).toLowerCase());
    return value !== undefined && compareValues(run, call, [value], run.texts(call.args[1]));
  },
};

const error: CommandSpec = {
  name: 'error',
  extension: 'ihave',
  args: ['string'],
  run: (run, call) => run.fail(call.line, run.first(call.args[0]).slice(0, 500)),
};

export const environmentTests: readonly TestSpec[] = [environment];
export const environmentCommands: readonly CommandSpec[] = [error];
