import { many, maybe, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { LockedAccount } from './account.store.ts';
import { normalizeRanges } from './ranges.ts';
import type { Entry, Scope, UidRange } from './types.ts';

export interface EntryRow {
  mailbox_id: number;
  uid: number;
  message_id: number;
  thread_id: number;
  modseq: number;
  flags: number;
  keywords: string[] | null;
  size_bytes: number;
  received_at: Date;
  saved_at: Date;
}

export function presentEntry(row: EntryRow): Entry {
  return {
    mailboxId: row.mailbox_id,
    uid: row.uid,
    messageId: row.message_id,
    threadId: row.thread_id,
    modseq: row.modseq,
    flags: row.flags,
    keywords: row.keywords ?? [],
    size: row.size_bytes,
    receivedAt: row.received_at,
    savedAt: row.saved_at,
  };
}

/** In a shared account "seen" is looked up for the reader. */
export function flagsOf(scope: Scope, shared: boolean, alias: 'e' | 't' = 'e') {
  const row = sql.raw(alias);
  return shared
    ? sql<number>`(${row}.flags & ~1) | (case when exists (select 1 from mail.seen s where s.account_id = ${row}.account_id
        and s.mailbox_id = ${row}.mailbox_id and s.uid = ${row}.uid and s.reader_id = ${scope.readerId}) then 1 else 0 end)`
    : sql<number>`${row}.flags`;
}

export function entryColumns(scope: Scope, shared: boolean) {
  return sql`e.mailbox_id, e.uid, e.message_id, e.thread_id, e.modseq, ${flagsOf(scope, shared)} as flags, e.keywords,
    e.size_bytes, e.received_at, e.saved_at`;
}

export async function listEntries(
  db: Queryable,
  scope: Scope,
  shared: boolean,
  mailboxId: number,
  filter: { uids?: readonly UidRange[]; changedSince?: number; limit?: number; deletedOnly?: boolean },
): Promise<Entry[]> {
  const { from, to } = normalizeRanges(filter.uids ?? []);
  const since = filter.changedSince === undefined ? sql`` : sql`and e.modseq > ${filter.changedSince}`;
  const deleted = filter.deletedOnly ? sql`and e.flags & 8 <> 0` : sql``;
  const limit = filter.limit === undefined ? sql`` : sql`limit ${filter.limit}`;
  // One range (a window of a client's list) is a plain index scan; many are joined range by range.
  const source =
    filter.uids === undefined
      ? sql`mail.entry e where true`
      : from.length === 1
        ? sql`mail.entry e where e.uid between ${from[0]} and ${to[0]}`
        : sql`unnest(${from}::bigint[], ${to}::bigint[]) as w(f, t) join mail.entry e on e.uid between w.f and w.t where true`;
  const rows = await many(
    db,
    sql<EntryRow>`select ${entryColumns(scope, shared)} from ${source}
      and e.account_id = ${scope.accountId} and e.mailbox_id = ${mailboxId} ${since} ${deleted} order by e.uid ${limit}`,
  );
  return rows.map(presentEntry);
}

export async function listEntriesOfMessages(
  db: Queryable,
  scope: Scope,
  shared: boolean,
  messageIds: readonly number[],
): Promise<Entry[]> {
  const rows = await many(
    db,
    sql<EntryRow>`select ${entryColumns(scope, shared)} from mail.entry e
      where e.account_id = ${scope.accountId} and e.message_id = any(${messageIds}::bigint[])
      order by e.mailbox_id, e.uid`,
  );
  return rows.map(presentEntry);
}

export async function listVanished(
  db: Queryable,
  accountId: number,
  mailboxId: number,
  since: number,
  uids: readonly UidRange[] | undefined,
): Promise<number[]> {
  const { from, to } = normalizeRanges(uids ?? []);
  const within =
    uids === undefined
      ? sql``
      : sql`and exists (select 1 from unnest(${from}::bigint[], ${to}::bigint[]) as w(f, t) where x.uid between w.f and w.t)`;
  const rows = await many(
    db,
    sql<{ uid: number }>`select x.uid from mail.expunged x
      where x.account_id = ${accountId} and x.mailbox_id = ${mailboxId} and x.modseq > ${since} ${within} order by x.uid`,
  );
  return rows.map((row) => row.uid);
}

/** Octets of what is marked \Deleted. */
export async function sumDeleted(db: Queryable, accountId: number, mailboxId: number): Promise<number> {
  const row = await one(
    db,
    sql<{ size: number }>`select coalesce(sum(size_bytes), 0) as size from mail.entry
      where account_id = ${accountId} and mailbox_id = ${mailboxId} and flags & 8 <> 0`,
  );
  return row.size;
}

export async function findFirstUnseen(
  db: Queryable,
  accountId: number,
  mailboxId: number,
): Promise<number | undefined> {
  const row = await maybe(
    db,
    sql<{ uid: number }>`select uid from mail.entry
      where account_id = ${accountId} and mailbox_id = ${mailboxId} and flags & 1 = 0 order by uid limit 1`,
  );
  return row?.uid;
}

/** What a mailbox gains or loses in one transaction. */
export interface CountChange {
  mailboxId: number;
  /** UIDs to hand out. */
  uids: number;
  total: number;
  unseen: number;
  deleted: number;
  size: number;
}

/**
 * Locks the mailbox rows in id order and applies the counts; returns the first of the UIDs handed out to each.
 * A mailbox that has gone is absent.
 */
export async function updateCounts(
  tx: Tx,
  changes: readonly (CountChange & { accountId: number; modseq: number })[],
): Promise<Map<number, { firstUid: number; uidValidity: number }>> {
  const column = (pick: (change: CountChange & { accountId: number; modseq: number }) => number) =>
    changes.map(pick);
  const rows = await many(
    tx,
    sql<{ mailbox_id: number; first_uid: number; uidvalidity: number }>`
      with want as (
        select * from unnest(${column((c) => c.accountId)}::bigint[], ${column((c) => c.mailboxId)}::bigint[],
          ${column((c) => c.modseq)}::bigint[], ${column((c) => c.uids)}::bigint[], ${column((c) => c.total)}::bigint[],
          ${column((c) => c.unseen)}::bigint[], ${column((c) => c.deleted)}::bigint[], ${column((c) => c.size)}::bigint[])
          as w(account_id, mailbox_id, modseq, uids, total, unseen, deleted, size)),
      locked as (
        select m.account_id, m.mailbox_id from want w join mail.mailbox m using (account_id, mailbox_id)
        order by m.account_id, m.mailbox_id for no key update of m),
      used as (
        update mail.account a set used_bytes = a.used_bytes + s.size, used_messages = a.used_messages + s.total
        from (select account_id, sum(size) as size, sum(total) as total from want group by account_id) s
        where a.account_id = s.account_id and (s.size <> 0 or s.total <> 0))
      update mail.mailbox m set uidnext = m.uidnext + w.uids, highest_modseq = w.modseq, total = m.total + w.total,
        unseen = m.unseen + w.unseen, deleted = m.deleted + w.deleted, size_bytes = m.size_bytes + w.size
      from want w join locked using (account_id, mailbox_id)
      where m.account_id = w.account_id and m.mailbox_id = w.mailbox_id
      returning m.mailbox_id, m.uidnext - w.uids as first_uid, m.uidvalidity`,
  );
  return new Map(
    rows.map((row) => [row.mailbox_id, { firstUid: row.first_uid, uidValidity: row.uidvalidity }]),
  );
}

export interface NewEntry {
  mailboxId: number;
  uid: number;
  messageId: number;
  threadId: number;
  flags: number;
  keywords: readonly string[];
  size: number;
  receivedAt: Date;
}

/** Keywords hold no space, so one text carries them through unnest, which cannot carry arrays of arrays. */
export function packKeywords(keywords: readonly string[]): string | null {
  return keywords.length === 0 ? null : keywords.join(' ');
}

export async function insertEntries(
  tx: Tx,
  account: LockedAccount,
  entries: readonly NewEntry[],
  now: Date,
): Promise<void> {
  if (entries.length === 0) return;
  await run(
    tx,
    sql`insert into mail.entry (account_id, mailbox_id, uid, message_id, thread_id, modseq, flags, keywords, size_bytes,
          received_at, saved_at, created_modseq)
        select ${account.accountId}, e.mailbox_id, e.uid, e.message_id, e.thread_id, ${account.modseq}, e.flags,
          string_to_array(e.keywords, ' '), e.size, e.received_at, ${now}, ${account.modseq}
        from unnest(${entries.map((e) => e.mailboxId)}::bigint[], ${entries.map((e) => e.uid)}::bigint[],
          ${entries.map((e) => e.messageId)}::bigint[], ${entries.map((e) => e.threadId)}::bigint[],
          ${entries.map((e) => (account.shared ? e.flags & ~1 : e.flags))}::int[],
          ${entries.map((e) => packKeywords(e.keywords))}::text[], ${entries.map((e) => e.size)}::bigint[],
          ${entries.map((e) => e.receivedAt)}::timestamptz[])
          as e(mailbox_id, uid, message_id, thread_id, flags, keywords, size, received_at)`,
  );
}

export async function updateFlags(
  tx: Tx,
  account: LockedAccount,
  mailboxId: number,
  entries: readonly { uid: number; flags: number; keywords: readonly string[] }[],
): Promise<void> {
  await run(
    tx,
    sql`update mail.entry e set flags = w.flags, keywords = string_to_array(w.keywords, ' '), modseq = ${account.modseq}
        from unnest(${entries.map((e) => e.uid)}::bigint[],
          ${entries.map((e) => (account.shared ? e.flags & ~1 : e.flags))}::int[],
          ${entries.map((e) => packKeywords(e.keywords))}::text[]) as w(uid, flags, keywords)
        where e.account_id = ${account.accountId} and e.mailbox_id = ${mailboxId} and e.uid = w.uid`,
  );
}

/** Marks or unmarks what one reader of a shared account has seen, with his count. */
export async function updateSeen(
  tx: Tx,
  scope: Scope,
  mailboxId: number,
  seen: readonly number[],
  unseen: readonly number[],
): Promise<void> {
  await run(
    tx,
    sql`
      with gone as (
        delete from mail.seen where account_id = ${scope.accountId} and mailbox_id = ${mailboxId}
          and reader_id = ${scope.readerId} and uid = any(${unseen}::bigint[]) returning 1),
      come as (
        insert into mail.seen (account_id, mailbox_id, uid, reader_id)
        select ${scope.accountId}, ${mailboxId}, uid, ${scope.readerId} from unnest(${seen}::bigint[]) as uid
        on conflict do nothing returning 1)
      insert into mail.reader (account_id, mailbox_id, reader_id, seen)
      select ${scope.accountId}, ${mailboxId}, ${scope.readerId}, (select count(*) from come) - (select count(*) from gone)
      on conflict (account_id, mailbox_id, reader_id) do update set seen = mail.reader.seen + excluded.seen`,
  );
}

/** Removes entries with their tombstones and the readers' marks. */
export async function deleteEntries(
  tx: Tx,
  account: LockedAccount,
  mailboxId: number,
  uids: readonly number[],
  now: Date,
): Promise<void> {
  await run(
    tx,
    sql`
      with gone as (
        delete from mail.entry where account_id = ${account.accountId} and mailbox_id = ${mailboxId}
          and uid = any(${uids}::bigint[]) returning uid, message_id)
      insert into mail.expunged (account_id, mailbox_id, uid, message_id, modseq, expunged_at)
      select ${account.accountId}, ${mailboxId}, uid, message_id, ${account.modseq}, ${now} from gone`,
  );
  if (!account.shared) return;
  await run(
    tx,
    sql`
      with gone as (
        delete from mail.seen where account_id = ${account.accountId} and mailbox_id = ${mailboxId}
          and uid = any(${uids}::bigint[]) returning reader_id)
      update mail.reader r set seen = r.seen - g.n from (select reader_id, count(*) as n from gone group by reader_id) g
      where r.account_id = ${account.accountId} and r.mailbox_id = ${mailboxId} and r.reader_id = g.reader_id`,
  );
}

/** Which of the messages and threads still have an entry. */
export async function findRemaining(
  tx: Tx,
  accountId: number,
  messageIds: readonly number[],
  threadIds: readonly number[],
): Promise<{ messages: Set<number>; threads: Set<number> }> {
  const rows = await many(
    tx,
    sql<{ message_id: number | null; thread_id: number | null }>`
      select i.id as message_id, null::bigint as thread_id from unnest(${messageIds}::bigint[]) as i(id)
      where exists (select 1 from mail.entry e where e.account_id = ${accountId} and e.message_id = i.id)
      union all
      select null, i.id from unnest(${threadIds}::bigint[]) as i(id)
      where exists (select 1 from mail.message m join mail.entry e using (account_id, message_id)
        where m.account_id = ${accountId} and m.thread_id = i.id)`,
  );
  const messages = new Set<number>();
  const threads = new Set<number>();
  for (const row of rows) {
    if (row.message_id !== null) messages.add(row.message_id);
    if (row.thread_id !== null) threads.add(row.thread_id);
  }
  return { messages, threads };
}
