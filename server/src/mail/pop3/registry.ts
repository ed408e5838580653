import { dele, list, quit, retr, rset, stat, top, uidl } from './commands/maildrop.ts';
import { auth, pass, user } from './commands/sign-in.ts';
import { capa, lang, noop, stls, utf8 } from './commands/simple.ts';
import type { Command } from './types.ts';

export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['CAPA', { in: 'both', handler: capa }],
  ['STLS', { in: 'authorization', handler: stls }],
  ['USER', { in: 'authorization', handler: user }],
  ['PASS', { in: 'authorization', handler: pass }],
  ['AUTH', { in: 'authorization', handler: auth }],
  ['UTF8', { in: 'authorization', handler: utf8 }],
  ['LANG', { in: 'both', handler: lang }],
  ['STAT', { in: 'transaction', handler: stat }],
  ['LIST', { in: 'transaction', handler: list }],
  ['UIDL', { in: 'transaction', handler: uidl }],
  ['RETR', { in: 'transaction', handler: retr }],
  ['TOP', { in: 'transaction', handler: top }],
  ['DELE', { in: 'transaction', handler: dele }],
  ['RSET', { in: 'transaction', handler: rset }],
  ['NOOP', { in: 'transaction', handler: noop }],
  ['QUIT', { in: 'both', handler: quit }],
]);
