import { createHash } from 'node:crypto';
import { direct, fragment, many, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { LockedAccount } from './account.store.ts';
import { type CountChange, packKeywords } from './entry.store.ts';
import type { StoredBody } from './types.ts';

/** A message that goes into one or more mailboxes of one account. */
export interface NewMessage {
  accountId: number;
  modseq: number;
  messageId: number;
  threadId: number;
  body: StoredBody;
  prefix: Buffer;
  receivedAt: Date;
  recipientId: number | undefined;
  entries: readonly { mailboxId: number; uid: number; flags: number; keywords: readonly string[] }[];
}

/** Ids are taken from the database in blocks: one statement per 64 messages. */
export function createIdBlocks(
  sequence: 'mail.message_id' | 'mail.recipient_id' | 'mail.transfer_transfer_id_seq',
) {
  const BLOCK = 64;
  let next = 0;
  let end = 0;
  return {
    async take(db: Queryable, count: number): Promise<number[]> {
      const ids: number[] = [];
      while (ids.length < count) {
        if (next === end) {
          const row = await one(db, sql<{ id: number }>`select nextval(${sequence}::regclass) as id`);
          // Others may have refilled while we waited: take what came to us, keep it only if there is nothing.
          if (next === end) {
            next = row.id;
            end = row.id + BLOCK;
          } else {
            for (let id = row.id; id < row.id + BLOCK && ids.length < count; id++) ids.push(id);
            continue;
          }
        }
        ids.push(next++);
      }
      return ids;
    },
  };
}

interface LockedRow {
  account_id: number;
  modseq: number;
  shared: boolean;
  used_before: number;
  mailbox_id: number | null;
  first_uid: number | null;
}

/**
 * The first statement of everything that adds mail: locks the accounts in id order and raises their modseq, then locks
 * the mailboxes in id order and counts. Answers the accounts (with what they held before) and the first UID handed out
 * in each mailbox; a mailbox that has gone is absent.
 */
export async function lockAndCount(
  tx: Tx,
  changes: readonly (CountChange & { accountId: number })[],
): Promise<{ accounts: Map<number, LockedAccount>; firstUids: Map<number, number> }> {
  const column = (pick: (change: CountChange & { accountId: number }) => number) => changes.map(pick);
  const rows = await direct<LockedRow>(tx)`
      with want as materialized (
        select * from unnest(${column((c) => c.accountId)}::bigint[], ${column((c) => c.mailboxId)}::bigint[],
          ${column((c) => c.uids)}::bigint[], ${column((c) => c.total)}::bigint[], ${column((c) => c.unseen)}::bigint[],
          ${column((c) => c.deleted)}::bigint[], ${column((c) => c.size)}::bigint[])
          as w(account_id, mailbox_id, uids, total, unseen, deleted, size)),
      sums as materialized (select account_id, sum(size) as size, sum(total) as total from want group by account_id),
      locked as materialized (
        select account_id from mail.account where account_id in (select account_id from sums)
        order by account_id for no key update),
      a as (
        update mail.account a set modseq = a.modseq + 1, used_bytes = a.used_bytes + s.size,
          used_messages = a.used_messages + s.total
        from sums s join locked using (account_id) where a.account_id = s.account_id
        returning a.account_id, a.modseq, a.shared, a.used_bytes - s.size as used_before),
      locked_mailbox as materialized (
        select m.account_id, m.mailbox_id, a.modseq from want w join a using (account_id)
        join mail.mailbox m on m.account_id = w.account_id and m.mailbox_id = w.mailbox_id
        order by m.account_id, m.mailbox_id for no key update of m),
      m as (
        update mail.mailbox m set uidnext = m.uidnext + w.uids, highest_modseq = l.modseq, total = m.total + w.total,
          unseen = m.unseen + w.unseen, deleted = m.deleted + w.deleted, size_bytes = m.size_bytes + w.size
        from want w join locked_mailbox l using (account_id, mailbox_id)
        where m.account_id = w.account_id and m.mailbox_id = w.mailbox_id
        returning m.account_id, m.mailbox_id, m.uidnext - w.uids as first_uid)
      select a.account_id, a.modseq, a.shared, a.used_before, m.mailbox_id, m.first_uid
      from a left join m using (account_id)`;
  const accounts = new Map<number, LockedAccount>();
  const firstUids = new Map<number, number>();
  for (const row of rows) {
    const { account_id: accountId, modseq, shared, used_before: usedBytes } = row;
    accounts.set(accountId, { accountId, modseq, shared, usedBytes });
    if (row.mailbox_id !== null && row.first_uid !== null) firstUids.set(row.mailbox_id, row.first_uid);
  }
  return { accounts, firstUids };
}

/** Keys under which a message finds its thread: each message-id it knows, with its base subject. */
export function threadKeys(body: StoredBody): Buffer[] {
  const { references, baseSubject } = body.parsed;
  return references.map((id) =>
    createHash('sha256').update(`${id}\0${baseSubject}`).digest().subarray(0, 16),
  );
}

export async function findThreadRefs(
  tx: Tx,
  accountIds: readonly number[],
  keys: readonly Buffer[],
): Promise<{ accountId: number; key: string; threadId: number }[]> {
  const rows = await direct<{ account_id: number; key: Buffer; thread_id: number }>(tx)`
      select r.account_id, r.key, r.thread_id from unnest(${accountIds}::bigint[], ${keys}::bytea[]) as w(account_id, key)
      join mail.thread_ref r on r.account_id = w.account_id and r.key = w.key`;
  return rows.map((row) => ({
    accountId: row.account_id,
    key: row.key.toString('hex'),
    threadId: row.thread_id,
  }));
}

/** Joins threads that turned out to be one; returns the messages that moved. */
export async function mergeThreads(
  tx: Tx,
  accountId: number,
  into: number,
  from: readonly number[],
): Promise<number[]> {
  await run(
    tx,
    sql`update mail.thread_ref set thread_id = ${into} where account_id = ${accountId} and thread_id = any(${from}::bigint[])`,
  );
  const rows = await many(
    tx,
    sql<{ message_id: number }>`
      update mail.message set thread_id = ${into} where account_id = ${accountId} and thread_id = any(${from}::bigint[])
      returning message_id`,
  );
  const ids = rows.map((row) => row.message_id);
  await run(
    tx,
    sql`update mail.entry set thread_id = ${into} where account_id = ${accountId} and message_id = any(${ids}::bigint[])`,
  );
  return ids;
}

/** Bodies once each and in hash order, so that two transactions with the same bodies cannot wait for each other. */
function insertBodies(bodies: readonly StoredBody[], now: Date) {
  const unique = [...new Map(bodies.map((body) => [body.hash.toString('hex'), body])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, body]) => body);
  return fragment`insert into mail.body as b (hash, size_bytes, header_size, data, packed, header, header_text, body_text, packed_text, complete, touched_at)
    select w.hash, w.size, w.header_size, w.data, w.packed, w.header, w.header_text, w.body_text, w.packed_text, w.complete, ${now}::timestamptz
    from unnest(${unique.map((b) => b.hash)}::bytea[], ${unique.map((b) => b.size)}::bigint[],
      ${unique.map((b) => b.parsed.headerSize)}::bigint[], ${unique.map((b) => b.packed ?? b.data)}::bytea[],
      ${unique.map((b) => b.packed !== undefined)}::boolean[],
      ${unique.map((b) => (b.data && !b.packed ? null : b.parsed.header))}::bytea[],
      ${unique.map((b) => b.parsed.headerText)}::text[], ${unique.map((b) => (b.packedText ? '' : b.parsed.bodyText))}::text[],
      ${unique.map((b) => b.packedText ?? null)}::bytea[],
      ${unique.map((b) => b.parsed.complete)}::boolean[])
      as w(hash, size, header_size, data, packed, header, header_text, body_text, packed_text, complete)
    on conflict (hash) do update set touched_at = excluded.touched_at`;
}

/** Registers bodies (once each); must come in the transaction that refers to them. */
export async function upsertBodies(tx: Tx, bodies: readonly StoredBody[], now: Date): Promise<void> {
  await direct(tx)`${insertBodies(bodies, now)}`;
}

/** What one account gained in this transaction: one change row. */
export interface Creation {
  accountId: number;
  modseq: number;
  emails: readonly number[];
  updatedEmails: readonly number[];
  threadsCreated: readonly number[];
  threadsUpdated: readonly number[];
  threadsDestroyed: readonly number[];
  mailboxes: readonly number[];
}

/**
 * Bodies, messages, entries, thread keys and change rows in one statement; a body's description travels once for all
 * its messages.
 */
export async function insertMessages(
  tx: Tx,
  messages: readonly NewMessage[],
  created: readonly Creation[],
  now: Date,
): Promise<void> {
  const bodies = [...new Set(messages.map((message) => message.body))];
  const position = new Map(bodies.map((body, index) => [body, index + 1]));
  const entries = messages.flatMap((message) =>
    message.entries.map((entry) => ({ ...entry, message, size: message.body.size + message.prefix.length })),
  );
  const refs = messages.flatMap((message) =>
    threadKeys(message.body).map((key) => ({
      key,
      accountId: message.accountId,
      threadId: message.threadId,
    })),
  );
  const pack = (ids: readonly number[]) => `{${ids.join(',')}}`;
  await direct(tx)`
      with stored as (${insertBodies(bodies, now)}),
      b as materialized (
        select * from unnest(${bodies.map((b) => b.hash)}::bytea[], ${bodies.map((b) => b.size)}::bigint[],
          ${bodies.map((b) => b.parsed.headerSize)}::bigint[], ${bodies.map((b) => b.parsed.sentAt ?? null)}::timestamptz[],
          ${bodies.map((b) => rfcId(b))}::text[], ${bodies.map((b) => b.parsed.subject)}::text[],
          ${bodies.map((b) => b.parsed.baseSubject)}::text[], ${bodies.map((b) => b.parsed.fold.from)}::text[],
          ${bodies.map((b) => b.parsed.fold.to)}::text[], ${bodies.map((b) => b.parsed.fold.cc)}::text[],
          ${bodies.map((b) => b.parsed.fold.bcc)}::text[], ${bodies.map((b) => b.parsed.fold.subject)}::text[],
          ${bodies.map((b) => JSON.stringify(b.parsed.envelope))}::text[],
          ${bodies.map((b) => JSON.stringify(b.parsed.structure))}::text[], ${bodies.map((b) => b.parsed.preview)}::text[],
          ${bodies.map((b) => b.parsed.hasAttachment)}::boolean[]) with ordinality
          as t(hash, size, header_size, sent_at, rfc_id, subject, base_subject, from_fold, to_fold, cc_fold, bcc_fold,
            subject_fold, envelope, structure, preview, has_attachment, position)),
      m as (
        insert into mail.message (account_id, message_id, thread_id, body_hash, prefix, size_bytes, header_size,
          received_at, sent_at, rfc_id, subject, base_subject, from_fold, to_fold, cc_fold, bcc_fold, subject_fold,
          envelope, structure, preview, has_attachment, created_modseq, recipient_id)
        select w.account_id, w.message_id, w.thread_id, b.hash, w.prefix, b.size + length(w.prefix), b.header_size,
          w.received_at, b.sent_at, b.rfc_id, b.subject, b.base_subject, b.from_fold, b.to_fold, b.cc_fold, b.bcc_fold,
          b.subject_fold, b.envelope::jsonb, b.structure::jsonb, b.preview, b.has_attachment, w.modseq, w.recipient_id
        from unnest(${messages.map((m) => m.accountId)}::bigint[], ${messages.map((m) => m.messageId)}::bigint[],
          ${messages.map((m) => m.threadId)}::bigint[], ${messages.map((m) => m.prefix)}::bytea[],
          ${messages.map((m) => m.receivedAt)}::timestamptz[], ${messages.map((m) => m.modseq)}::bigint[],
          ${messages.map((m) => m.recipientId ?? null)}::bigint[], ${messages.map((m) => position.get(m.body) ?? 0)}::bigint[])
          as w(account_id, message_id, thread_id, prefix, received_at, modseq, recipient_id, position)
        join b using (position)),
      r as (
        insert into mail.thread_ref (account_id, key, thread_id)
        select * from unnest(${refs.map((r) => r.accountId)}::bigint[], ${refs.map((r) => r.key)}::bytea[],
          ${refs.map((r) => r.threadId)}::bigint[]) on conflict do nothing),
      c as (
        insert into mail.change (account_id, modseq, at, email_created, email_updated, thread_created, thread_updated,
          thread_destroyed, mailbox_counts)
        select w.account_id, w.modseq, ${now}::timestamptz, w.a::bigint[], w.b::bigint[], w.c::bigint[], w.d::bigint[],
          w.e::bigint[], w.f::bigint[]
        from unnest(${created.map((c) => c.accountId)}::bigint[], ${created.map((c) => c.modseq)}::bigint[],
          ${created.map((c) => pack(c.emails))}::text[], ${created.map((c) => pack(c.updatedEmails))}::text[],
          ${created.map((c) => pack(c.threadsCreated))}::text[], ${created.map((c) => pack(c.threadsUpdated))}::text[],
          ${created.map((c) => pack(c.threadsDestroyed))}::text[], ${created.map((c) => pack(c.mailboxes))}::text[])
          as w(account_id, modseq, a, b, c, d, e, f))
      insert into mail.entry (account_id, mailbox_id, uid, message_id, thread_id, modseq, flags, keywords, size_bytes,
        received_at, saved_at, created_modseq)
      select e.account_id, e.mailbox_id, e.uid, e.message_id, e.thread_id, e.modseq, e.flags,
        string_to_array(e.keywords, ' '), e.size, e.received_at, ${now}::timestamptz, e.modseq
      from unnest(${entries.map((e) => e.message.accountId)}::bigint[], ${entries.map((e) => e.mailboxId)}::bigint[],
        ${entries.map((e) => e.uid)}::bigint[], ${entries.map((e) => e.message.messageId)}::bigint[],
        ${entries.map((e) => e.message.threadId)}::bigint[], ${entries.map((e) => e.message.modseq)}::bigint[],
        ${entries.map((e) => e.flags)}::int[], ${entries.map((e) => packKeywords(e.keywords))}::text[],
        ${entries.map((e) => e.size)}::bigint[], ${entries.map((e) => e.message.receivedAt)}::timestamptz[])
        as e(account_id, mailbox_id, uid, message_id, thread_id, modseq, flags, keywords, size, received_at)`;
}

function rfcId(body: StoredBody): string | null {
  const own = body.parsed.envelope.messageId;
  return own === null ? null : own.replace(/^<|>$/g, '').slice(0, 500);
}
