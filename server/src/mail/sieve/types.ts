import type { SecureContextOptions } from 'node:tls';
import type { Db } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { LineSocket } from '../../kit/net/index.ts';
import type { Scripts } from '../filter/index.ts';
import type { ClientAuth } from '../ports.ts';

export interface SieveParts {
  db: Db;
  scripts: Scripts;
  clientAuth: ClientAuth;
  log: Logger;
  tls: () => SecureContextOptions;
}

export interface SieveSession {
  readonly parts: SieveParts;
  readonly socket: LineSocket;
  readonly loopback: boolean;
  account: { accountId: number; address: string } | undefined;
  signIns: number;
  errors: number;
  closing: boolean;
}

/** An argument of a command: numbers stay numbers. */
export type Argument = string | number;

export interface Reply {
  kind: 'OK' | 'NO' | 'BYE';
  /** In brackets, e.g. `NONEXISTENT`, `QUOTA/MAXSIZE`. */
  code?: string;
  text?: string;
  /** Whole lines before it. */
  lines?: readonly string[];
  /** Turn TLS on after this reply. */
  startTls?: boolean;
}

export interface Command {
  /** Needs a sign-in, or must come before one. */
  when: 'always' | 'before' | 'after';
  args: readonly ('string' | 'number')[];
  /** So many of them may be missing at the end. */
  optional?: number;
  run(session: SieveSession, args: readonly Argument[]): Promise<Reply> | Reply;
}
