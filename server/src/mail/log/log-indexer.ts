import type { Clock } from '../../kit/clock/index.ts';
import { type Db, transaction } from '../../kit/db/index.ts';
import { createBlockBuilder, LOG_LINES } from '../store/index.ts';
import { findLogCursor, insertLogBlock, type LogCursor, listLogTexts } from './log-index.store.ts';

/** A transaction that lasts longer would slip past the index; ours take milliseconds. */
const SETTLED_MS = 5 * 60_000;
const PAGE = 500;

/** Brings the index of the message log up to some minutes ago, in whole blocks. Run it every few minutes. */
export async function indexLog(parts: { db: Db; clock: Clock }, settledMs = SETTLED_MS): Promise<number> {
  const { db, clock } = parts;
  const until = new Date(clock.ms() - settledMs);
  let sealed = await findLogCursor(db);
  let read: LogCursor = sealed;
  let builder = createBlockBuilder(LOG_LINES);
  let firstAt: Date | undefined;
  let blocks = 0;
  for (;;) {
    const page = await listLogTexts(db, read, until, PAGE);
    if (page.length === 0) return blocks;
    for (const row of page) {
      const text = foldLog(row.text);
      if (!builder.add(row.transfer_id, text)) {
        const from = sealed;
        const to = read;
        const block = { ...builder.finish(), firstAt: firstAt ?? row.created_at };
        if (!(await transaction(db, (tx) => insertLogBlock(tx, block, from, to)))) return blocks;
        blocks++;
        sealed = read;
        builder = createBlockBuilder(LOG_LINES);
        builder.add(row.transfer_id, text);
        firstAt = undefined;
      }
      firstAt ??= row.created_at;
      read = { createdAt: row.created_at, transferId: row.transfer_id };
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Subjects and addresses are compared in lower case; other forms of a character are not the same here. */
export function foldLog(text: string): string {
  return text.toLowerCase();
}
