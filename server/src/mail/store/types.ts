import type { Envelope, MimePart, ParsedMessage } from '../protocol/mime/types.ts';

/** Flag bits of an entry. In a shared account `seen` is the reader's own, the others belong to everybody. */
export const FLAG = { seen: 1, answered: 2, flagged: 4, deleted: 8, draft: 16 } as const;
export const ALL_FLAGS = 31;

export type Role = 'inbox' | 'drafts' | 'sent' | 'junk' | 'trash' | 'archive';

/** Whose mail, and who looks at it: the same number unless a unit mailbox is opened by one of its members. */
export interface Scope {
  accountId: number;
  readerId: number;
}

/** Inclusive. `to` may be Infinity. */
export interface UidRange {
  from: number;
  to: number;
}

export interface Mailbox {
  accountId: number;
  id: number;
  /** Parent's id; undefined at the top. */
  parentId: number | undefined;
  /** Whole path, `/` between levels, e.g. `INBOX` or `Projects/2026`. */
  path: string;
  /** Last level of the path. */
  name: string;
  role: Role | undefined;
  subscribed: boolean;
  sortOrder: number;
  uidValidity: number;
  uidNext: number;
  highestModseq: number;
  /** Entries; those not seen by the reader; those marked \Deleted. */
  total: number;
  unseen: number;
  deleted: number;
  sizeBytes: number;
}

/** The small, mutable layer: one per UID. */
export interface Entry {
  mailboxId: number;
  uid: number;
  messageId: number;
  threadId: number;
  modseq: number;
  /** FLAG bits, with the reader's own `seen`. */
  flags: number;
  keywords: readonly string[];
  /** What RFC822.SIZE says. */
  size: number;
  /** INTERNALDATE. */
  receivedAt: Date;
  /** SAVEDATE. */
  savedAt: Date;
}

/** What FETCH FLAGS of a whole mailbox needs, and nothing more. */
export type FlagState = Pick<Entry, 'uid' | 'modseq' | 'flags' | 'keywords'>;

/** Which columns a FETCH without sections needs beside UID, flags and modseq. */
export interface FetchColumns {
  /** Size, dates and ids. */
  details: boolean;
  envelope: boolean;
  structure: boolean;
  preview: boolean;
}

/** An entry with what was asked for of it and of its message. */
export interface FetchRow extends FlagState {
  size?: number;
  receivedAt?: Date;
  savedAt?: Date;
  messageId?: number;
  threadId?: number;
  envelope?: Envelope;
  structure?: MimePart;
  preview?: string;
}

/** The immutable layer. */
export interface Message {
  messageId: number;
  threadId: number;
  /** Content hash, hex: JMAP's blob id of the stored body. */
  bodyHash: string;
  /** Served octets: the row's prefix (Return-Path, Delivered-To) and the body. */
  size: number;
  prefixSize: number;
  /** Octets of the body's own header block; the served header has prefixSize + headerSize octets. */
  headerSize: number;
  receivedAt: Date;
  sentAt: Date | undefined;
  /** Message-ID without angle brackets. */
  rfcId: string | undefined;
  /** Decoded. */
  subject: string;
  envelope: Envelope;
  /** Offsets count in the body, without the prefix; `sectionRange` of mail/protocol/mime translates. */
  structure: MimePart;
  preview: string;
  hasAttachment: boolean;
}

/** JMAP's Email: one message and all its entries. */
export interface Email extends Message {
  entries: Entry[];
}

/** A body that is on disk (or small enough to travel in the transaction), and what was read from it. */
export interface StoredBody {
  /** SHA-256. */
  hash: Buffer;
  size: number;
  /** The bytes when the body is small; null when the blob store has them already. */
  data: Buffer | null;
  /** The same compressed, when the database keeps it so. */
  packed?: Buffer;
  /** Long search text, compressed. */
  packedText?: Buffer;
  parsed: ParsedMessage;
}

/** Takes a message's bytes once: hashes, parses and stores them on the way. */
export interface BodyWriter {
  /** Octets so far. */
  readonly size: number;
  /** Resolves when more may be written. The chunk is kept, not copied: it must not be written to again. */
  write(chunk: Uint8Array): Promise<void>;
  /** Durable once this resolves (or carried in `data`). */
  finish(): Promise<StoredBody>;
  /** Drops what was written; harmless after finish(). */
  abort(): Promise<void>;
}

/** A message opened for reading. All offsets and sizes are of the served octets, prefix included. */
export interface OpenMessage extends Message {
  /** Octets `[start, end)`; bounded pieces, so a big message never sits in memory. */
  read(start?: number, end?: number): AsyncIterable<Buffer>;
  /** The same in one Buffer; for sections known to be small, and bounded by the caller. */
  bytes(start?: number, end?: number): Promise<Buffer>;
}

/** A message's bytes and nothing that is known about them. */
export interface WholeMessage {
  /** Served octets. */
  size: number;
  read(start?: number, end?: number): AsyncIterable<Buffer>;
}

export interface AppendItem {
  body: StoredBody;
  mailboxIds: readonly number[];
  flags?: number;
  keywords?: readonly string[];
  /** INTERNALDATE; now when absent. */
  receivedAt?: Date;
  /** Header block lines put before the body on reading. */
  prefix?: Buffer;
}

/** One message for one account, from the queue or the accepting session. */
export interface Delivery {
  accountId: number;
  /** A unit mailbox: decides only when the account's mail is made now. */
  shared: boolean;
  body: StoredBody;
  prefix: Buffer;
  receivedAt: Date;
  /** The queue's recipient row: delivering it twice violates a unique index. */
  recipientId: number | undefined;
  /** INBOX without flags when absent, Junk when the checks called it unwanted. */
  placements?: readonly Placement[];
  junk?: boolean;
}

/** Where a delivered message goes; without a mailbox it is the inbox (or Junk). */
export interface Placement {
  mailboxId?: number;
  flags: number;
  keywords: readonly string[];
}

export interface Appended {
  messageId: number;
  threadId: number;
  entries: { mailboxId: number; uid: number }[];
}

export interface FlagChange {
  uids: readonly UidRange[];
  mode: 'add' | 'remove' | 'replace';
  flags: number;
  keywords: readonly string[];
  /** CONDSTORE: entries with a higher modseq are left alone and reported in `refused`. */
  unchangedSince?: number;
  /** Only these FLAG bits, and keywords only if so, may change; everything when absent. */
  only?: { flags: number; keywords: boolean };
}

export interface FlagResult {
  modseq: number;
  /** Every entry of the set that exists and was not refused, with its state after the change. */
  entries: Entry[];
  /** The modseqs that those entries had before, in the same order. */
  previous: number[];
  /** UIDs whose modseq was above `unchangedSince`. */
  refused: number[];
}

/** Where COPY and MOVE put messages. */
export interface CopyTarget {
  scope: Scope;
  mailboxId: number;
  quotaBytes?: number;
  /** Only these FLAG bits, and keywords only if so, go along; everything when absent. */
  keep?: { flags: number; keywords: boolean };
}

export interface CopyResult {
  uidValidity: number;
  /** Source UID to new UID, ascending; UIDs that have gone are simply absent. */
  pairs: { from: number; to: number }[];
  /** Of the source mailbox after a move; undefined for copies. */
  modseq: number | undefined;
}

/** Changes of JMAP objects since a state. */
export interface ObjectChanges {
  created: number[];
  updated: number[];
  destroyed: number[];
}
export interface Changes {
  newState: number;
  hasMore: boolean;
  emails: ObjectChanges;
  threads: ObjectChanges;
  /** `updated` holds those with more than new counts; `counts` those with new counts only. */
  mailboxes: ObjectChanges & { counts: number[] };
}

/** A change to one Email over all its entries. Absent members stay. */
export interface EmailChange {
  messageId: number;
  /** The exact set of mailboxes afterwards; empty destroys the Email. */
  mailboxIds?: readonly number[];
  addMailboxIds?: readonly number[];
  removeMailboxIds?: readonly number[];
  /** Exact FLAG bits and keywords afterwards. */
  flags?: number;
  keywords?: readonly string[];
  addFlags?: number;
  removeFlags?: number;
  addKeywords?: readonly string[];
  removeKeywords?: readonly string[];
}

/** A search as a tree; texts are compared folded (NFKC, lower case), as substrings. */
export type Criterion =
  | { is: 'all' }
  | { is: 'none' }
  | { is: 'and' | 'or'; of: readonly Criterion[] }
  | { is: 'not'; of: Criterion }
  | { is: 'uid'; ranges: readonly UidRange[] }
  | { is: 'flag'; flag: number }
  | { is: 'keyword'; keyword: string }
  /** `text` looks at header and body, `body` at the body only. */
  | { is: 'text'; where: 'subject' | 'from' | 'to' | 'cc' | 'bcc' | 'body' | 'text'; value: string }
  /** Field present and its value contains `value` ('' = present). */
  | { is: 'header'; field: string; value: string }
  /** `from` inclusive, `before` exclusive. */
  | { is: 'received' | 'sent' | 'saved'; from?: Date; before?: Date }
  /** Octets: strictly larger, strictly smaller. */
  | { is: 'size'; largerThan?: number; smallerThan?: number }
  | { is: 'modseq'; from: number }
  | { is: 'attachment' }
  | { is: 'message'; ids: readonly number[] }
  | { is: 'thread'; ids: readonly number[] }
  /** JMAP inMailbox / inMailboxOtherThan. */
  | { is: 'inMailbox'; mailboxId: number }
  | { is: 'inOtherThan'; mailboxIds: readonly number[] }
  /** JMAP (all|some)InThreadHaveKeyword: a flag bit or a keyword. */
  | { is: 'thread-has'; quantity: 'all' | 'some'; flag?: number; keyword?: string };

/** Rights of one account in a mailbox of another: letters of `lrswipkxtea` in this order (RFC 4314 §2.1). */
export interface Grant {
  granteeId: number;
  rights: string;
}

export interface Annotation {
  /** `/private/…` or `/shared/…` in lower case. */
  entry: string;
  value: Buffer;
}

/** IMAP's SORT keys. */
export interface MailboxSort {
  by: 'arrival' | 'cc' | 'date' | 'displayFrom' | 'displayTo' | 'from' | 'size' | 'subject' | 'to';
  descending: boolean;
}

/** What threading needs of a message. */
export interface ThreadInfo {
  uid: number;
  sentAt: Date;
  receivedAt: Date;
  /** Message-ids in lower case, without brackets. */
  id: string | undefined;
  references: string[];
  baseSubject: string;
  isReply: boolean;
}

export type SortKey = 'received' | 'sent' | 'size' | 'from' | 'to' | 'cc' | 'subject' | 'arrival';
export interface SortBy {
  by: SortKey;
  descending: boolean;
}

export interface EmailQuery {
  filter: Criterion;
  sort: readonly SortBy[];
  collapseThreads: boolean;
  /** Start after this Email (keyset); absent starts at the top. */
  afterMessageId?: number;
  /** Skip so many (after `afterMessageId`). */
  offset?: number;
  limit: number;
  /** Also count all. */
  total?: boolean;
}
export interface EmailQueryResult {
  messageIds: number[];
  threadIds: number[];
  total: number | undefined;
  /** The account's modseq that the answer belongs to. */
  state: number;
}

/** Why the store refused; servers translate (`[NONEXISTENT]`, JMAP setError). */
export type StoreErrorCode =
  | 'nonexistent'
  | 'exists'
  | 'invalid_name'
  | 'has_children'
  | 'not_empty'
  | 'reserved'
  | 'limit'
  | 'over_quota'
  | 'role_taken';

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = 'StoreError';
    this.code = code;
  }
}
