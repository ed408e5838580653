import { auth } from './commands/auth.ts';
import { bdat } from './commands/bdat.ts';
import { data } from './commands/data.ts';
import { ehlo, helo } from './commands/ehlo.ts';
import { lhlo } from './commands/lhlo.ts';
import { mail } from './commands/mail.ts';
import { rcpt } from './commands/rcpt.ts';
import { help, noop, quit, rset, vrfy } from './commands/simple.ts';
import { starttls } from './commands/starttls.ts';
import type { Handler } from './types.ts';

export const COMMANDS: ReadonlyMap<string, Handler> = new Map([
  ['EHLO', ehlo],
  ['HELO', helo],
  ['STARTTLS', starttls],
  ['AUTH', auth],
  ['MAIL', mail],
  ['RCPT', rcpt],
  ['DATA', data],
  ['BDAT', bdat],
  ['RSET', rset],
  ['NOOP', noop],
  ['VRFY', vrfy],
  ['HELP', help],
  ['QUIT', quit],
]);

/** LMTP is SMTP with LHLO in place of the greetings, and without sign-in. */
export const LMTP_COMMANDS: ReadonlyMap<string, Handler> = new Map([
  ['LHLO', lhlo],
  ...[...COMMANDS].filter(([verb]) => verb !== 'EHLO' && verb !== 'HELO' && verb !== 'AUTH'),
]);
