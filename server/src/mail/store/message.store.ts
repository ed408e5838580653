import { many, maybe, type Queryable, sql } from '../../kit/db/index.ts';
import type { Envelope, MimePart } from '../protocol/mime/index.ts';
import { unpackBody } from './packing.ts';
import type { Message } from './types.ts';

interface MessageRow {
  message_id: number;
  thread_id: number;
  body_hash: Buffer;
  size_bytes: number;
  prefix_size: number;
  header_size: number;
  received_at: Date;
  sent_at: Date | null;
  rfc_id: string | null;
  subject: string;
  envelope: Envelope;
  structure: MimePart;
  preview: string;
  has_attachment: boolean;
}

const columns = sql`m.message_id, m.thread_id, m.body_hash, m.size_bytes, length(m.prefix) as prefix_size, m.header_size,
  m.received_at, m.sent_at, m.rfc_id, m.subject, m.envelope, m.structure, m.preview, m.has_attachment`;

function present(row: MessageRow): Message {
  return {
    messageId: row.message_id,
    threadId: row.thread_id,
    bodyHash: row.body_hash.toString('hex'),
    size: row.size_bytes,
    prefixSize: row.prefix_size,
    headerSize: row.header_size,
    receivedAt: row.received_at,
    sentAt: row.sent_at ?? undefined,
    rfcId: row.rfc_id ?? undefined,
    subject: row.subject,
    envelope: row.envelope,
    structure: row.structure,
    preview: row.preview,
    hasAttachment: row.has_attachment,
  };
}

export async function listMessages(
  db: Queryable,
  accountId: number,
  messageIds: readonly number[],
): Promise<Map<number, Message>> {
  const rows = await many(
    db,
    sql<MessageRow>`select ${columns} from mail.message m
      where m.account_id = ${accountId} and m.message_id = any(${messageIds}::bigint[])`,
  );
  return new Map(rows.map((row) => [row.message_id, present(row)]));
}

export interface MessageSource {
  message: Message;
  hash: Buffer;
  prefix: Buffer;
  data: Buffer | null;
}

/** Message, prefix, and the body's bytes when they are kept here. */
export async function listMessagesForReading(
  db: Queryable,
  accountId: number,
  messageIds: readonly number[],
): Promise<MessageSource[]> {
  const rows = await many(
    db,
    sql<MessageRow & { prefix: Buffer; data: Buffer | null; packed: boolean; body_size: number }>`
      select ${columns}, m.prefix, b.data, b.packed, b.size_bytes as body_size from mail.message m join mail.body b on b.hash = m.body_hash
      where m.account_id = ${accountId} and m.message_id = any(${messageIds}::bigint[])`,
  );
  return Promise.all(
    rows.map(async (row) => ({
      message: present(row),
      hash: row.body_hash,
      prefix: row.prefix,
      data: row.packed ? await unpackBody({ ...row, size: row.body_size }) : row.data,
    })),
  );
}

export interface ByteSource {
  messageId: number;
  size: number;
  hash: Buffer;
  prefix: Buffer;
  data: Buffer | null;
}

/** What serving whole messages takes, and no more: JSON columns cost more to read than small bodies. */
export async function listBytes(
  db: Queryable,
  accountId: number,
  messageIds: readonly number[],
): Promise<ByteSource[]> {
  const rows = await many(
    db,
    sql<{
      message_id: number;
      size: number;
      body_size: number;
      body_hash: Buffer;
      prefix: Buffer;
      data: Buffer | null;
      packed: boolean;
    }>`select m.message_id, m.size_bytes as size, b.size_bytes as body_size, m.body_hash, m.prefix, b.data, b.packed
      from mail.message m join mail.body b on b.hash = m.body_hash
      where m.account_id = ${accountId} and m.message_id = any(${messageIds}::bigint[])`,
  );
  const sources: ByteSource[] = [];
  for (const row of rows)
    sources.push({
      messageId: row.message_id,
      size: row.size,
      hash: row.body_hash,
      prefix: row.prefix,
      data: row.packed ? await unpackBody({ ...row, size: row.body_size }) : row.data,
    });
  return sources;
}

export async function listHeaders(
  db: Queryable,
  accountId: number,
  messageIds: readonly number[],
): Promise<Map<number, Buffer>> {
  const rows = await many(
    db,
    sql<{ message_id: number; header: Buffer }>`
      select m.message_id, m.prefix || coalesce(b.header, substring(b.data from 1 for m.header_size::int)) as header
      from mail.message m join mail.body b on b.hash = m.body_hash
      where m.account_id = ${accountId} and m.message_id = any(${messageIds}::bigint[])`,
  );
  return new Map(rows.map((row) => [row.message_id, row.header]));
}

/** Message ids of threads, oldest first; only those with an entry. */
export async function listThreads(
  db: Queryable,
  accountId: number,
  threadIds: readonly number[],
): Promise<Map<number, number[]>> {
  const rows = await many(
    db,
    sql<{ thread_id: number; message_id: number }>`
      select m.thread_id, m.message_id from mail.message m
      where m.account_id = ${accountId} and m.thread_id = any(${threadIds}::bigint[])
        and exists (select 1 from mail.entry e where e.account_id = m.account_id and e.message_id = m.message_id)
      order by m.received_at, m.message_id`,
  );
  const threads = new Map<number, number[]>();
  for (const row of rows) {
    const list = threads.get(row.thread_id);
    if (list) list.push(row.message_id);
    else threads.set(row.thread_id, [row.message_id]);
  }
  return threads;
}

interface BodyRow {
  size: number;
  data: Buffer | null;
  packed: boolean;
}

async function presentBody(row: BodyRow | undefined) {
  return row && { size: row.size, data: await unpackBody(row) };
}

export async function findBody(
  db: Queryable,
  accountId: number,
  hash: Buffer,
): Promise<{ size: number; data: Buffer | null } | undefined> {
  const row = await maybe(
    db,
    sql<BodyRow>`
      select b.size_bytes as size, b.data, b.packed from mail.body b
      where b.hash = ${hash} and exists (select 1 from mail.message m where m.account_id = ${accountId} and m.body_hash = b.hash)`,
  );
  return presentBody(row);
}

export async function findAnyBody(
  db: Queryable,
  hash: Buffer,
): Promise<{ size: number; data: Buffer | null } | undefined> {
  const row = await maybe(
    db,
    sql<BodyRow>`select size_bytes as size, data, packed from mail.body where hash = ${hash}`,
  );
  return presentBody(row);
}
