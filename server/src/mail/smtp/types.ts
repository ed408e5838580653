import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { LineSocket } from '../../kit/net/index.ts';
import type { ClientReport, Gate, InboundChecks } from '../checks/index.ts';
import type { MailLists } from '../lists/index.ts';
import type { AddressBook, ClientAuth, SenderAddress } from '../ports.ts';
import type { Path } from '../protocol/smtp/index.ts';
import type { Quarantine } from '../quarantine/index.ts';
import type { Acceptor, EnvelopeRecipient, TraceEvent } from '../queue/index.ts';
import type { DmarcReports } from '../reports/index.ts';
import type { SendingLimits } from '../sending/index.ts';
import type { Store } from '../store/index.ts';

export interface SmtpParts {
  db: Db;
  store: Store;
  acceptor: Acceptor;
  addressBook: AddressBook;
  clientAuth: ClientAuth;
  checks: InboundChecks;
  /** Asked about clients from outside before there is a message. */
  gate: Gate;
  /** What our own people may send. */
  sending: Pick<SendingLimits, 'take'>;
  quarantine: Pick<Quarantine, 'hold'>;
  /** Where DMARC reports about us arrive. */
  reports: Pick<DmarcReports, 'isTarget' | 'take'>;
  clock: Clock;
  log: Logger;
  /** Our name in the greeting, EHLO and Received. */
  hostname: string;
  maxBytes: number;
  tls: () => SecureContextOptions;
  /** The address that a bounce to a rewritten sender of ours is for (SRS); undefined when it is none. */
  bounceTarget?: ((address: string) => string | undefined) | undefined;
  /** Distribution lists; without them an address of one is nobody's. */
  lists?: Pick<MailLists, 'admit'> | undefined;
  /** Events of refused commands; written in batches, never in the way. */
  trace(event: TraceEvent): void;
}

/** `mx` takes mail from anybody for us; `submission` takes mail from our people for anybody; `lmtp` takes it from a mail server of ours in front (RFC 2033). */
export type SmtpMode = 'mx' | 'submission' | 'lmtp';

export interface SmtpEnvelope {
  /** Undefined for the null sender. */
  sender: Path | undefined;
  size: number | undefined;
  body: '7BIT' | '8BITMIME' | 'BINARYMIME';
  smtputf8: boolean;
  ret: 'FULL' | 'HDRS' | undefined;
  envid: string | undefined;
  /** Not to be sent before (RFC 4865). */
  notBefore: Date | undefined;
  recipients: EnvelopeRecipient[];
}

export interface Reply {
  code: number;
  enhanced?: string;
  text: string | string[];
  /** Further replies after it, one a recipient (LMTP). */
  more?: Reply[];
  /** Close after this reply. */
  close?: boolean;
}

export interface SmtpSession {
  readonly id: string;
  readonly mode: SmtpMode;
  readonly parts: SmtpParts;
  readonly socket: LineSocket;
  readonly loopback: boolean;
  helo: string | undefined;
  esmtp: boolean;
  account: { accountId: number; address: string } | undefined;
  /** Addresses that the account may send as; read once a session. */
  senders: SenderAddress[] | undefined;
  envelope: SmtpEnvelope | undefined;
  /** A message that comes in BDAT chunks. */
  chunks: ChunkedMessage | undefined;
  errors: number;
  /** Recipients of this connection that do not exist. */
  wrongRecipients: number;
  /** What the gate thinks of the client since its last HELO. */
  client: ClientReport | undefined;
  signIns: number;
  messages: number;
  /** Set from outside: the account was locked or the server stops. */
  closing: string | undefined;
}

export interface ChunkedMessage {
  write(chunk: Buffer): Promise<void>;
  finish(): Promise<Reply>;
  abort(): Promise<void>;
}

/** A command acts and answers; `undefined` means that it has answered by itself. */
export type Handler = (session: SmtpSession, rest: string) => Promise<Reply | undefined> | Reply | undefined;
