import { many, maybe, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { SearchBlock } from './search-block.ts';

/** The last message that the index holds, in the order in which messages come into being. */
export interface SearchCursor {
  modseq: number;
  messageId: number;
}

const START: SearchCursor = { modseq: 0, messageId: 0 };

export async function findSearchCursor(db: Queryable, accountId: number): Promise<SearchCursor> {
  const row = await maybe(
    db,
    sql<SearchCursor>`select modseq, message_id as "messageId" from mail.search_cursor where account_id = ${accountId}`,
  );
  return row ?? START;
}

/** Messages after the cursor, oldest first: at most `limit` ids. */
export async function listUnindexed(
  db: Queryable,
  accountId: number,
  cursor: SearchCursor,
  limit?: number,
): Promise<number[]> {
  const bound = limit === undefined ? sql`` : sql`limit ${limit}`;
  const rows = await many(
    db,
    sql<{ message_id: number }>`select message_id from mail.message where account_id = ${accountId}
      and (created_modseq, message_id) > (${cursor.modseq}, ${cursor.messageId}) order by created_modseq, message_id ${bound}`,
  );
  return rows.map((row) => row.message_id);
}

export interface IndexableText {
  message_id: number;
  created_modseq: number;
  /** Everything that a search may look at, but for long bodies. */
  text: string;
  packed_text: Buffer | null;
}

export async function listTexts(
  db: Queryable,
  accountId: number,
  cursor: SearchCursor,
  limit: number,
): Promise<IndexableText[]> {
  return many(
    db,
    sql<IndexableText>`
      select m.message_id, m.created_modseq, concat_ws(E'\n', b.header_text, m.from_fold, m.to_fold, m.cc_fold, m.bcc_fold,
        m.subject_fold, b.body_text) as text, b.packed_text
      from mail.message m join mail.body b on b.hash = m.body_hash
      where m.account_id = ${accountId} and (m.created_modseq, m.message_id) > (${cursor.modseq}, ${cursor.messageId})
      order by m.created_modseq, m.message_id limit ${limit}`,
  );
}

/** Adds a block and moves the cursor; false when another process was faster. */
export async function insertSearchBlock(
  tx: Tx,
  accountId: number,
  block: SearchBlock,
  from: SearchCursor,
  to: SearchCursor,
): Promise<boolean> {
  const moved = await run(
    tx,
    sql`insert into mail.search_cursor (account_id, modseq, message_id) values (${accountId}, ${to.modseq}, ${to.messageId})
        on conflict (account_id) do update set modseq = excluded.modseq, message_id = excluded.message_id
        where search_cursor.modseq = ${from.modseq} and search_cursor.message_id = ${from.messageId}`,
  );
  if (moved === 0) return false;
  await run(
    tx,
    sql`insert into mail.search_block (account_id, message_ids, slices)
        values (${accountId}, ${block.ids}::bigint[], ${block.slices})`,
  );
  return true;
}

/** The wanted slices of every block of an account. */
export async function listSlices(
  db: Queryable,
  accountId: number,
  ranges: readonly { start: number; length: number }[],
): Promise<{ block_id: number; slices: Buffer[] }[]> {
  return many(
    db,
    sql<{ block_id: number; slices: Buffer[] }>`
      select b.block_id, (select array_agg(substring(b.slices from w.start + 1 for w.length) order by w.n)
        from unnest(${ranges.map((r) => r.start)}::int[], ${ranges.map((r) => r.length)}::int[]) with ordinality
          as w(start, length, n)) as slices
      from mail.search_block b where b.account_id = ${accountId} order by b.block_id`,
  );
}

export async function listBlockMessages(
  db: Queryable,
  accountId: number,
  blockIds: readonly number[],
): Promise<Map<number, number[]>> {
  const rows = await many(
    db,
    sql<{ block_id: number; message_ids: number[] }>`select block_id, message_ids from mail.search_block
      where account_id = ${accountId} and block_id = any(${blockIds}::bigint[])`,
  );
  return new Map(rows.map((row) => [row.block_id, row.message_ids]));
}

/** Long texts of an account's messages, in pages; only those among `within` when it is given. */
export async function listPackedTexts(
  db: Queryable,
  accountId: number,
  after: number,
  within: readonly number[] | undefined,
  limit: number,
): Promise<{ message_id: number; packed_text: Buffer }[]> {
  const only = within === undefined ? sql`` : sql`and m.message_id = any(${within}::bigint[])`;
  return many(
    db,
    sql<{ message_id: number; packed_text: Buffer }>`
      select m.message_id, b.packed_text from mail.message m join mail.body b on b.hash = m.body_hash
      where m.account_id = ${accountId} and m.message_id > ${after} and b.packed_text is not null ${only}
      order by m.message_id limit ${limit}`,
  );
}

/** Accounts with so many messages that the index does not hold: work that a restart interrupted. */
export async function listBehind(db: Queryable, messages: number): Promise<number[]> {
  const rows = await many(
    db,
    sql<{ account_id: number }>`
      select a.account_id from mail.account a left join mail.search_cursor c using (account_id)
      where a.used_messages >= ${messages} and (
        select count(*) from (select 1 from mail.message m where m.account_id = a.account_id
          and (m.created_modseq, m.message_id) > (coalesce(c.modseq, 0), coalesce(c.message_id, 0)) limit ${messages}) t) >= ${messages}`,
  );
  return rows.map((row) => row.account_id);
}
