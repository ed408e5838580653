import { many, maybe, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';

/** The last message that the index of the log holds. */
export interface LogCursor {
  createdAt: Date;
  transferId: number;
}

export const LOG_START: LogCursor = { createdAt: new Date(0), transferId: 0 };

export async function findLogCursor(db: Queryable): Promise<LogCursor> {
  const row = await maybe(
    db,
    sql<LogCursor>`select created_at as "createdAt", transfer_id as "transferId" from mail.log_cursor`,
  );
  return row ?? LOG_START;
}

export interface LogText {
  transfer_id: number;
  created_at: Date;
  text: string;
}

/** Lines to index after the cursor: old enough that nothing older can still be committed. */
export function listLogTexts(
  db: Queryable,
  cursor: LogCursor,
  until: Date,
  limit: number,
): Promise<LogText[]> {
  return many(
    db,
    sql<LogText>`
      select t.transfer_id, t.created_at, concat_ws(E'\n', t.subject, t.sender, t.ref,
        (select string_agg(r.address, E'\n') from mail.recipient r where r.transfer_id = t.transfer_id)) as text
      from mail.transfer t
      where (t.created_at, t.transfer_id) > (${cursor.createdAt}, ${cursor.transferId}) and t.created_at < ${until}
      order by t.created_at, t.transfer_id limit ${limit}`,
  );
}

/** Adds a block and moves the cursor; false when another process was faster. */
export async function insertLogBlock(
  tx: Tx,
  block: { ids: readonly number[]; slices: Buffer; firstAt: Date },
  from: LogCursor,
  to: LogCursor,
): Promise<boolean> {
  const moved = await run(
    tx,
    sql`insert into mail.log_cursor (created_at, transfer_id) values (${to.createdAt}, ${to.transferId})
        on conflict (only_one) do update set created_at = excluded.created_at, transfer_id = excluded.transfer_id
        where log_cursor.created_at = ${from.createdAt} and log_cursor.transfer_id = ${from.transferId}`,
  );
  if (moved === 0) return false;
  await run(
    tx,
    sql`insert into mail.log_block (first_id, last_id, first_at, last_at, transfer_ids, slices)
        values (${Math.min(...block.ids)}, ${Math.max(...block.ids)}, ${block.firstAt}, ${to.createdAt},
          ${packIds(block.ids)}, ${block.slices})`,
  );
  return true;
}

/** Wanted slices of blocks of a time, newest first. */
export function listLogSlices(
  db: Queryable,
  ranges: readonly { start: number; length: number }[],
  time: { from: Date | undefined; before: Date | undefined },
  beforeBlock: number | undefined,
  limit: number,
): Promise<{ block_id: number; slices: Buffer[] }[]> {
  const older = beforeBlock === undefined ? sql`` : sql`and b.block_id < ${beforeBlock}`;
  const from = time.from === undefined ? sql`` : sql`and b.last_at >= ${time.from}`;
  const before = time.before === undefined ? sql`` : sql`and b.first_at < ${time.before}`;
  return many(
    db,
    sql<{ block_id: number; slices: Buffer[] }>`
      select b.block_id, (select array_agg(substring(b.slices from w.start + 1 for w.length) order by w.n)
        from unnest(${ranges.map((r) => r.start)}::int[], ${ranges.map((r) => r.length)}::int[]) with ordinality
          as w(start, length, n)) as slices
      from mail.log_block b where true ${older} ${from} ${before} order by b.block_id desc limit ${limit}`,
  );
}

/** The ids of a block's columns, 8 octets each; empty when it has gone. */
export async function findLogBlockIds(db: Queryable, blockId: number): Promise<Buffer> {
  const row = await maybe(
    db,
    sql<{ transfer_ids: Buffer }>`select transfer_ids from mail.log_block where block_id = ${blockId}`,
  );
  return row?.transfer_ids ?? Buffer.alloc(0);
}

function packIds(ids: readonly number[]): Buffer {
  const bytes = Buffer.alloc(ids.length * 8);
  ids.forEach((id, index) => {
    bytes.writeBigInt64BE(BigInt(id), index * 8);
  });
  return bytes;
}

/** Blocks whose messages have all been swept; the newest stays, for the cursor belongs to it. */
export function deleteOldLogBlocks(db: Queryable): Promise<number> {
  return run(
    db,
    sql`delete from mail.log_block b where block_id < (select max(block_id) from mail.log_block)
        and not exists (select 1 from mail.transfer t where t.transfer_id between b.first_id and b.last_id)`,
  );
}
