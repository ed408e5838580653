import type { SecureContextOptions } from 'node:tls';
import type { Db } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { LineSocket } from '../../kit/net/index.ts';
import type { AddressBook, ClientAuth } from '../ports.ts';
import type { Scope, Store } from '../store/index.ts';

export interface Pop3Parts {
  db: Db;
  store: Store;
  clientAuth: ClientAuth;
  addressBook: Pick<AddressBook, 'mailboxes'>;
  log: Logger;
  hostname: string;
  tls: () => SecureContextOptions;
}

/** One message of the maildrop as it was at sign-in. */
export interface Drop {
  uid: number;
  messageId: number;
  size: number;
  deleted: boolean;
}

/** The maildrop: a snapshot of INBOX. The store is not locked: what others delete meanwhile is still
 * served while its bytes are kept for restoring, and deleting it again is no error. */
export interface Maildrop {
  scope: Scope;
  mailboxId: number;
  uidValidity: number;
  messages: Drop[];
  /** UIDs sent whole: marked seen when the session ends well. */
  read: Set<number>;
}

export interface Pop3Session {
  readonly parts: Pop3Parts;
  readonly socket: LineSocket;
  readonly loopback: boolean;
  user: string | undefined;
  maildrop: Maildrop | undefined;
  accountId: number | undefined;
  signIns: number;
  errors: number;
  closing: boolean;
}

/** `ok` and `no` are one line; `many` is followed by lines and a dot; `undefined` has answered by itself. */
export type Reply =
  | { kind: 'ok'; text: string; close?: boolean }
  | { kind: 'no'; text: string; close?: boolean }
  | { kind: 'many'; text: string; lines: readonly string[] };

export type Handler = (
  session: Pop3Session,
  args: readonly string[],
) => Promise<Reply | undefined> | Reply | undefined;

export interface Command {
  /** States in which it is allowed (RFC 1939 §3). */
  in: 'authorization' | 'transaction' | 'both';
  handler: Handler;
}
