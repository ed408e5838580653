import type { Queryable } from '../../kit/db/index.ts';
import { columnsIn, hasHit, LOG_LINES, queryGrams, sliceRange } from '../store/index.ts';
import { type LogFilter, type LogRow, listLog, listLogAmong } from './log.store.ts';
import { findLogBlockIds, findLogCursor, listLogSlices } from './log-index.store.ts';
import { foldLog } from './log-indexer.ts';

/** Blocks looked at in one statement: some 600,000 messages. */
const BLOCKS = 40;
/** A line is short, so its columns are thin: fewer n-grams than for a letter leave out as much. */
const GRAMS = 5;
/** These are rare among millions and have an index of their own. */
const TROUBLE = new Set(['waiting', 'failed', 'expired']);

/** One page of the message log, newest first, over any number of messages. */
export async function searchLog(db: Queryable, filter: LogFilter, limit: number): Promise<LogRow[]> {
  const grams = filter.search === undefined ? [] : queryGrams(foldLog(filter.search), GRAMS);
  const rare = filter.accountId !== undefined || (filter.state !== undefined && TROUBLE.has(filter.state));
  // Nothing to look up, or little to look through: the indexes of the tables are enough.
  if (grams.length === 0 || rare) return listLog(db, filter, limit);
  // The cursor first: what is sealed meanwhile is then found twice rather than never.
  const cursor = await findLogCursor(db);
  const found = new Map<number, LogRow>();
  const newest = { ...filter, from: later(filter.from, cursor.createdAt) };
  for (const row of await listLog(db, newest, limit)) found.set(row.recipient_id, row);
  // Blocks follow each other in time, so the first ones that fill the page have the newest rows.
  for await (const hits of blocksWith(db, grams, filter)) {
    if (found.size >= limit) break;
    for (const row of await listLogAmong(db, filter, hits, limit)) found.set(row.recipient_id, row);
  }
  return [...found.values()].slice(0, limit);
}

const COLUMNS = Array.from({ length: LOG_LINES.columns }, (_, column) => column);

/** Transfers that may hold all n-grams, block after block, newest first. */
async function* blocksWith(
  db: Queryable,
  grams: readonly number[],
  filter: LogFilter,
): AsyncGenerator<number[]> {
  const until = filter.after && new Date(filter.after.at.getTime() + 1);
  const before = until && (!filter.before || until < filter.before) ? until : filter.before;
  const ranges = grams.map((gram) => sliceRange(LOG_LINES, gram));
  let oldest: number | undefined;
  for (;;) {
    const blocks = await listLogSlices(db, ranges, { from: filter.from, before }, oldest, BLOCKS);
    oldest = blocks.at(-1)?.block_id;
    if (oldest === undefined) return;
    for (const { block_id, slices } of blocks) {
      if (!hasHit(slices)) continue;
      const ids = await findLogBlockIds(db, block_id);
      yield columnsIn(slices, COLUMNS)
        .filter((column) => (column + 1) * 8 <= ids.length)
        .map((column) => Number(ids.readBigInt64BE(column * 8)));
    }
  }
}

function later(a: Date | undefined, b: Date): Date {
  return a && a > b ? a : b;
}
