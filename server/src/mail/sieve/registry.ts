import {
  checkscript,
  deletescript,
  getscript,
  havespace,
  listscripts,
  putscript,
  renamescript,
  setactive,
} from './commands/scripts.ts';
import { authenticate, capability, logout, noop, starttls, unauthenticate } from './commands/sign-in.ts';
import type { Command } from './types.ts';

export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['AUTHENTICATE', authenticate],
  ['STARTTLS', starttls],
  ['LOGOUT', logout],
  ['CAPABILITY', capability],
  ['HAVESPACE', havespace],
  ['PUTSCRIPT', putscript],
  ['LISTSCRIPTS', listscripts],
  ['SETACTIVE', setactive],
  ['GETSCRIPT', getscript],
  ['DELETESCRIPT', deletescript],
  ['RENAMESCRIPT', renamescript],
  ['CHECKSCRIPT', checkscript],
  ['NOOP', noop],
  ['UNAUTHENTICATE', unauthenticate],
]);
