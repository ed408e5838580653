import type { Queryable, Tx } from '../../kit/db/index.ts';
import type { DeletedRow } from './deleted.store.ts';
import type { SearchIndexer } from './search-indexer.ts';
import type * as t from './types.ts';

/**
 * The one mail store behind IMAP, POP3, JMAP, delivery and the console.
 * Every method takes the database or a transaction first; methods that change something open a transaction of
 * their own unless given one, raise the account's modseq once, and signal after commit:
 * topic `mail`, payload `${accountId}:${modseq}:${mailboxId}` for each mailbox touched.
 * Changing methods throw StoreError; reading a mailbox or message that has gone gives undefined or nothing.
 */
export interface Store {
  // Accounts
  /** Makes the account's mail row, INBOX and the standard folders; harmless when they exist. */
  provision(tx: Tx, accountId: number, options?: { shared?: boolean }): Promise<void>;
  /** Removes every row of the account; bodies follow by the sweeper. */
  removeAccount(tx: Tx, accountId: number): Promise<void>;
  usage(db: Queryable, accountId: number): Promise<{ bytes: number; messages: number }>;
  /** Does a message of that size fit in? Says no only after asking the database; says yes from memory for some seconds. */
  hasRoom(db: Queryable, accountId: number, quotaBytes: number, size: number): Promise<boolean>;
  /** Highest modseq of the account: JMAP's state of Email, Mailbox and Thread. */
  state(db: Queryable, accountId: number): Promise<number>;
  /** Undefined when `since` is older than the change log: cannotCalculateChanges. */
  changes(
    db: Queryable,
    accountId: number,
    since: number,
    maxChanges?: number,
  ): Promise<t.Changes | undefined>;

  // Mailboxes
  /** Sorted by path. Makes the standard folders when the account has none yet. */
  mailboxes(db: Queryable, scope: t.Scope): Promise<t.Mailbox[]>;
  mailbox(db: Queryable, scope: t.Scope, mailboxId: number): Promise<t.Mailbox | undefined>;
  /** INBOX in any case. */
  mailboxByPath(db: Queryable, scope: t.Scope, path: string): Promise<t.Mailbox | undefined>;
  mailboxByRole(db: Queryable, scope: t.Scope, role: t.Role): Promise<t.Mailbox | undefined>;
  /** Makes missing parents. Errors: exists, invalid_name, limit, role_taken. */
  createMailbox(
    db: Queryable,
    scope: t.Scope,
    input: { path: string; role?: t.Role; subscribed?: boolean; sortOrder?: number },
  ): Promise<t.Mailbox>;
  /**
   * Renames, with everything below. INBOX: its mail moves into the new mailbox and INBOX stays (RFC 3501 §6.3.5).
   * Errors: nonexistent, exists, invalid_name.
   */
  renameMailbox(db: Queryable, scope: t.Scope, mailboxId: number, path: string): Promise<t.Mailbox>;
  /** Errors: nonexistent, has_children, reserved (INBOX), not_empty unless `removeMessages`. */
  deleteMailbox(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    options: { removeMessages: boolean },
  ): Promise<void>;
  updateMailbox(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    change: { subscribed?: boolean; sortOrder?: number; role?: t.Role | null },
  ): Promise<t.Mailbox>;

  // Reading
  /** The mailbox and all its UIDs ascending, of one instant. */
  select(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
  ): Promise<{ mailbox: t.Mailbox; uids: number[] } | undefined>;
  /** Entries by UID ascending; all without `uids`; those with modseq > `changedSince`. */
  entries(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    filter?: { uids?: readonly t.UidRange[]; changedSince?: number; limit?: number },
  ): Promise<t.Entry[]>;
  /** Flags by UID ascending: cheap enough for a whole mailbox. */
  flags(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    uids: readonly t.UidRange[],
  ): Promise<t.FlagState[]>;
  /** Entries and stored parts of their messages by UID ascending, cheap for thousands. */
  fetchRows(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    uids: readonly t.UidRange[],
    wanted: t.FetchColumns & { changedSince?: number },
  ): Promise<t.FetchRow[]>;
  /** UIDs expunged after `since`, ascending; undefined when the tombstones do not reach back that far. */
  vanished(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    since: number,
    uids?: readonly t.UidRange[],
  ): Promise<number[] | undefined>;
  /** Immutable parts by message id; ids that do not exist are absent. */
  messages(db: Queryable, accountId: number, messageIds: readonly number[]): Promise<Map<number, t.Message>>;
  /** Served header blocks (prefix and header with the empty line) without opening bodies. */
  headers(db: Queryable, accountId: number, messageIds: readonly number[]): Promise<Map<number, Buffer>>;
  /** Emails in the order of the ids; ids without any entry are absent. */
  emails(db: Queryable, scope: t.Scope, messageIds: readonly number[]): Promise<t.Email[]>;
  /** Message ids of each thread, oldest first; only messages that have an entry. */
  threads(db: Queryable, accountId: number, threadIds: readonly number[]): Promise<Map<number, number[]>>;
  open(db: Queryable, accountId: number, messageId: number): Promise<t.OpenMessage | undefined>;
  /** Several at once, small bodies already in memory: ask for tens, not thousands. */
  openMany(
    db: Queryable,
    accountId: number,
    messageIds: readonly number[],
  ): Promise<Map<number, t.OpenMessage>>;

  /** As openMany, without envelope and structure: whole messages cost half. */
  wholeMessages(
    db: Queryable,
    accountId: number,
    messageIds: readonly number[],
  ): Promise<Map<number, t.WholeMessage>>;

  // Searching
  /** UIDs ascending, and the highest modseq among them (0 when none). */
  search(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    criterion: t.Criterion,
  ): Promise<{ uids: number[]; modseq: number }>;
  query(db: Queryable, scope: t.Scope, query: t.EmailQuery): Promise<t.EmailQueryResult>;

  /** UIDs of the ranges in the order of the keys. */
  sortUids(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    uids: readonly t.UidRange[],
    keys: readonly t.MailboxSort[],
  ): Promise<number[]>;
  threadInfo(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    uids: readonly t.UidRange[],
  ): Promise<t.ThreadInfo[]>;
  /** Octets of the entries marked \Deleted (RFC 9208 §4.1.4). */
  deletedBytes(db: Queryable, scope: t.Scope, mailboxId: number): Promise<number>;
  /** The lowest UID that the account has not seen; undefined when there is none, or when each reader has his own. */
  firstUnseen(db: Queryable, scope: t.Scope, mailboxId: number): Promise<number | undefined>;

  // Rights and annotations
  /** Whom the owner of a mailbox has let in. */
  grants(db: Queryable, accountId: number, mailboxId: number): Promise<t.Grant[]>;
  /** Letters granted to a reader by others, by account and mailbox. */
  granted(db: Queryable, readerId: number, accountId?: number): Promise<Map<number, Map<number, string>>>;
  /** Sets one grantee's letters; none remove him. Sessions hear of it. Errors: nonexistent, limit. */
  setGrant(db: Queryable, scope: t.Scope, mailboxId: number, grant: t.Grant): Promise<void>;
  /** Of the account as a whole without `mailboxId`. */
  annotations(db: Queryable, scope: t.Scope, mailboxId: number | undefined): Promise<t.Annotation[]>;
  /** Undefined values remove. Errors: limit. */
  annotate(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number | undefined,
    entries: ReadonlyMap<string, Buffer | undefined>,
  ): Promise<void>;

  // Writing
  /** A writer for a message that is to be appended or delivered. */
  newBody(options?: { maxBytes?: number }): t.BodyWriter;
  /** A stored body by content hash, if the account may see it (it has a message with it). */
  bodyByHash(db: Queryable, accountId: number, hash: string): Promise<t.StoredBody | undefined>;
  /** A registered body without asking who may see it: for the queue. */
  storedBody(db: Queryable, hash: Buffer): Promise<t.StoredBody | undefined>;
  /** Where a registered body's bytes are. */
  storedBytes(
    db: Queryable,
    hash: Buffer,
  ): Promise<{ hash: Buffer; size: number; data: Buffer | null } | undefined>;
  /** The bytes of a stored body, in bounded pieces. */
  readBody(body: { hash: Buffer; size: number; data: Buffer | null }): AsyncIterable<Buffer>;
  /** Registers bodies that a transfer refers to; in the same transaction. */
  registerBodies(tx: Tx, bodies: readonly t.StoredBody[]): Promise<void>;
  /** Local delivery of any number of messages: never fails for quota. Accounts without mail yet are made. */
  deliver(tx: Tx, deliveries: readonly t.Delivery[]): Promise<t.Appended[]>;
  /** Durable on return. Errors: nonexistent (mailbox), over_quota when `quotaBytes` is given. */
  append(
    db: Queryable,
    scope: t.Scope,
    items: readonly t.AppendItem[],
    options?: { quotaBytes?: number },
  ): Promise<t.Appended[]>;
  setFlags(db: Queryable, scope: t.Scope, mailboxId: number, change: t.FlagChange): Promise<t.FlagResult>;
  /** Also across accounts (rights are the caller's business). UIDs that have gone are skipped. */
  copy(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    uids: readonly t.UidRange[],
    target: t.CopyTarget,
  ): Promise<t.CopyResult>;
  move(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    uids: readonly t.UidRange[],
    target: t.CopyTarget,
  ): Promise<t.CopyResult>;
  /** Removes entries: those marked \Deleted among `uids` (all when absent), or all of `uids` with `any`. */
  expunge(
    db: Queryable,
    scope: t.Scope,
    mailboxId: number,
    which: { uids?: readonly t.UidRange[]; any?: boolean },
  ): Promise<{ modseq: number; uids: number[] }>;
  /** JMAP's Email/set: all changes in one modseq. Ids that do not exist are in `notFound`. */
  updateEmails(
    db: Queryable,
    scope: t.Scope,
    changes: readonly t.EmailChange[],
  ): Promise<{ modseq: number; updated: number[]; destroyed: number[]; notFound: number[] }>;

  /** Removes unreferenced bodies, old tombstones, old changes, messages whose restore time has passed. */
  sweep(): Promise<{ bodies: number; messages: number }>;

  /** Built behind the deliveries; a search is right at any time, and faster with it. */
  searchIndex: SearchIndexer;

  /** Days that deleted mail can be restored. */
  readonly restoreDays: number;
  /** Messages deleted in that time, the latest deletion first. */
  deletedMessages(
    db: Queryable,
    accountId: number,
    filter: { search: string | undefined; limit: number; offset: number },
  ): Promise<DeletedRow[]>;
  /** Puts them back where they lay; answers the ids that are back. */
  restore(db: Queryable, scope: t.Scope, messageIds: readonly number[]): Promise<number[]>;
}
