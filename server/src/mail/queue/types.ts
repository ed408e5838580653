import type { StoredBody } from '../store/index.ts';
import type { LocalPlan } from './local-plan.ts';

export type Origin = 'mx' | 'submission' | 'system' | 'bounce';

/** One accepted recipient, resolved at RCPT. */
export interface EnvelopeRecipient {
  address: string;
  /** Set when the mailbox is here. */
  accountId: number | undefined;
  shared: boolean;
  /** DSN parameters (RFC 3461). */
  notify: string | undefined;
  orcpt: string | undefined;
  /** Set when it is a distribution list (or an address of one): the runner expands it. */
  listId?: number;
  /** The list lets the sender write for his address alone: a message that its domain disowns is not his. */
  byAddress?: boolean;
  /** Lines before the body for this recipient, in place of the transfer's. */
  header?: Buffer;
  /** What the mailbox's rules say; absent = straight into the inbox (or Junk). */
  plan?: LocalPlan;
}

/** A message that we take responsibility for. */
export interface Transfer {
  /** The number in our 250 answer, the Received field and the message log. */
  ref: string;
  origin: Origin;
  /** Envelope sender, empty for bounces. */
  sender: string;
  /** The account that submitted it. */
  accountId: number | undefined;
  recipients: readonly EnvelopeRecipient[];
  body: StoredBody;
  smtputf8: boolean;
  eightBit: boolean;
  /** BODY=BINARYMIME (RFC 3030). */
  binary?: boolean;
  ret: 'FULL' | 'HDRS' | undefined;
  envid: string | undefined;
  sessionId: string | undefined;
  remote: string | undefined;
  helo: string | undefined;
  tls: string | undefined;
  /** Idempotency: a second transfer with the same key is not made. */
  key?: string;
  /** Leave local recipients to the runner instead of delivering in this transaction. */
  deferLocal?: boolean;
  /** Not before this time (send later). */
  notBefore?: Date;
  /** Header lines of our checks (Authentication-Results, …): before the body in every local copy and when it is sent on. */
  header?: Buffer;
  /** The ref of the message that made this one: what is forwarded, answered, expanded, bounced. */
  cause?: string;
  /** Our checks call it unwanted: into Junk, unless a rule says otherwise. */
  junk?: boolean;
  /** The sender's domain is proven (SPF or DKIM aligned). */
  authenticated?: boolean;
}

export type State = 'waiting' | 'delivered' | 'relayed' | 'failed' | 'expired' | 'cancelled';

/** A recipient that the runner has claimed, with its transfer. */
export interface Claimed {
  recipientId: number;
  transferId: number;
  address: string;
  accountId: number | undefined;
  /** Set when the recipient is a distribution list. */
  listId: number | undefined;
  domain: string;
  orcpt: string | undefined;
  notify: string | undefined;
  attempts: number;
  delayTold: boolean;
  /** An administrator ended the tries. */
  givenUp: boolean;
  ref: string;
  origin: Origin;
  sender: string;
  submitter: number | undefined;
  bodyHash: Buffer;
  size: number;
  smtputf8: boolean;
  eightBit: boolean;
  binary: boolean;
  ret: 'FULL' | 'HDRS' | undefined;
  envid: string | undefined;
  /** Header lines of our checks; empty when there are none. */
  header: Buffer;
  junk: boolean;
  authenticated: boolean;
  remote: string | undefined;
  helo: string | undefined;
  createdAt: Date;
  expiresAt: Date;
}

/** What became of one recipient at one attempt. */
export type Verdict =
  | { kind: 'relayed'; status: string; reply: string; remote: string; dsn: boolean }
  | {
      kind: 'deferred';
      status: string;
      reply: string;
      remote: string;
      /** The whole destination waits until then; absent = the queue's own pauses. */
      until?: Date;
    }
  | { kind: 'failed'; status: string; reply: string; remote: string };

export interface RemoteJob {
  ref: string;
  domain: string;
  sender: string;
  recipients: readonly { address: string; notify: string | undefined; orcpt: string | undefined }[];
  size: number;
  smtputf8: boolean;
  eightBit: boolean;
  /** Declared as BINARYMIME; it may still be plain text. */
  binary?: boolean;
  ret: 'FULL' | 'HDRS' | undefined;
  envid: string | undefined;
  /** The message, from its first byte; may be opened again for another host. */
  open(): AsyncIterable<Buffer>;
}

/** How mail leaves for another domain: over the network, or into a folder under sample data. */
export interface RemoteTransport {
  /** One verdict per recipient, in order. Never rejects for what the other side does. */
  send(job: RemoteJob): Promise<Verdict[]>;
}
