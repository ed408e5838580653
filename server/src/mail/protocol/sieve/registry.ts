import { bodyTests } from './body.ts';
import { constants } from './constants.ts';
import { controlCommands, controlTests } from './control.ts';
import { dateTests } from './date.ts';
import { deliverCommands, deliverTests } from './deliver.ts';
import { duplicateTests } from './duplicate.ts';
import { editheaderCommands } from './editheader.ts';
import { environmentCommands, environmentTests } from './environment.ts';
import { flagCommands, flagTests } from './flags.ts';
import { headerTests } from './header-tests.ts';
import { includeCommands } from './include.ts';
import { notifyCommands, notifyTests } from './notify.ts';
import type { CommandSpec, TestSpec } from './types.ts';
import { vacationCommands } from './vacation.ts';
import { variableCommands, variableTests } from './variables.ts';

/** What a script may require; ManageSieve and JMAP announce it. */
export const CAPABILITIES: ReadonlySet<string> = new Set([
  'fileinto',
  'reject',
  'ereject',
  'envelope',
  'encoded-character',
  'comparator-i;octet',
  'comparator-i;ascii-casemap',
  'comparator-i;ascii-numeric',
  'comparator-i;unicode-casemap',
  'variables',
  'vacation',
  'vacation-seconds',
  'imap4flags',
  'relational',
  'regex',
  'include',
  'environment',
  'body',
  'copy',
  'date',
  'index',
  'editheader',
  'duplicate',
  'subaddress',
  'enotify',
  'mailbox',
  'mailboxid',
  'special-use',
  'ihave',
]);

/** ihave (RFC 5463): what is supported counts as required from here on. */
const ihave: TestSpec = {
  name: 'ihave',
  extension: 'ihave',
  args: ['list'],
  check(call, compile) {
    const names = constants(call.args[0]);
    if (!names) return compile.fail(call.line, 'ihave takes no variables');
    if (names.every((name) => CAPABILITIES.has(name))) for (const name of names) compile.enable(name);
  },
  run: (run, call) => run.texts(call.args[0]).every((name) => CAPABILITIES.has(name)),
};

function byName<S extends { name: string }>(...lists: readonly (readonly S[])[]): ReadonlyMap<string, S> {
  return new Map(lists.flat().map((spec) => [spec.name, spec]));
}

export const COMMANDS = byName<CommandSpec>(
  controlCommands,
  deliverCommands,
  variableCommands,
  flagCommands,
  vacationCommands,
  includeCommands,
  environmentCommands,
  editheaderCommands,
  notifyCommands,
);

export const TESTS = byName<TestSpec>(
  controlTests,
  headerTests,
  deliverTests,
  variableTests,
  flagTests,
  bodyTests,
  environmentTests,
  dateTests,
  duplicateTests,
  notifyTests,
  [ihave],
);
