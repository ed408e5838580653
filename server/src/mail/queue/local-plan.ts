import type { Queryable, Tx } from '../../kit/db/index.ts';
import type { StoredBody } from '../store/index.ts';
import type { TraceEvent } from './queue.store.ts';
import type { Transfer } from './types.ts';

/** What a mailbox's rules (Sieve, forwarding, vacation) make of one message for one recipient. */
export interface LocalPlan {
  /** Where it goes; empty when the rules throw it away or send it on. `mailboxId` absent = inbox. */
  placements: readonly { mailboxId?: number; flags: number; keywords: readonly string[] }[];
  /** The message with another header (editheader); absent = as it came. */
  body?: StoredBody;
  /** Further messages that the rules send (redirect, vacation, notice by mail); enqueued in the same transaction. */
  outgoing: readonly Transfer[];
  /**
   * The rules refuse it: answered before 250 when this is the only recipient. Else `outgoing` holds the rejection, if
   * one may be mailed (`authenticated`); without one the message is kept.
   */
  refuse?: { code: number; status: string; text: string };
  /** What the message trace tells. */
  events: readonly Pick<TraceEvent, 'event' | 'status' | 'detail'>[];
  /** Writes that belong to the delivery: what vacation has answered, what `duplicate` has seen. */
  remember?(tx: Tx): Promise<void>;
}

/** What the rules may look at. */
export interface LocalMessage {
  ref: string;
  origin: Transfer['origin'];
  sender: string;
  body: StoredBody;
  /** Header lines of our checks, before the body. */
  header: Buffer;
  /** Our checks call it unwanted. */
  junk: boolean;
  /** The checks found the sender's domain proven (SPF or DKIM aligned): only then may a rejection be mailed. */
  authenticated: boolean;
  remote: string | undefined;
  helo: string | undefined;
  orcpt: string | undefined;
}

/** Rules of mailboxes; filled by mail/filter, asked by the acceptor and by the queue runner before their transaction. */
export interface LocalRules {
  /** Undefined when the account has nothing to run: the usual case, which must cost no query of its own. */
  plan(
    db: Queryable,
    message: LocalMessage,
    recipient: { accountId: number; address: string; shared: boolean },
  ): Promise<LocalPlan | undefined>;
}
