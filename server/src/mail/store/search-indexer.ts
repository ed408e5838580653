import { type Db, transaction } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import { unpackText } from './packing.ts';
import { createBlockBuilder, MESSAGES } from './search-block.ts';
import {
  findSearchCursor,
  insertSearchBlock,
  listBehind,
  listTexts,
  listUnindexed,
} from './search-index.store.ts';

/** Messages of an account that wait for the index: until then a search reads them one by one, which costs little. */
const ENOUGH = 512;
/** Messages read at a time: more would hold the texts of many long mails in memory. */
const PAGE = 32;

export interface SearchIndexer {
  /** So many messages have come into an account. */
  noted(accountId: number, messages: number): void;
  /** Takes up what an earlier process left. */
  catchUp(): Promise<void>;
  /** Waits until everything that is due is indexed. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds blocks of the search index behind the deliveries, one account at a time and with pauses for everybody else. */
export function createSearchIndexer({ db, log }: { db: Db; log: Logger }): SearchIndexer {
  const waiting = new Map<number, number>();
  const due = new Set<number>();
  let running: Promise<void> | undefined;
  let stopped = false;

  async function work(): Promise<void> {
    for (const accountId of due) {
      if (stopped) return;
      due.delete(accountId);
      await indexAccount(db, accountId, () => stopped).catch((error: unknown) => {
        log.warn({ err: error, accountId }, 'the search index could not be built; searching goes on without');
      });
    }
  }

  function start(): void {
    if (stopped) return;
    running ??= work().finally(() => {
      running = undefined;
      if (due.size > 0) start();
    });
  }

  return {
    noted(accountId, messages) {
      const count = (waiting.get(accountId) ?? 0) + messages;
      if (count < ENOUGH) {
        waiting.set(accountId, count);
        return;
      }
      waiting.delete(accountId);
      due.add(accountId);
      start();
    },
    async catchUp() {
      try {
        for (const accountId of await listBehind(db, ENOUGH)) due.add(accountId);
      } catch (error) {
        log.warn({ err: error }, 'accounts behind the search index could not be listed; the next start will');
      }
      start();
    },
    async settle() {
      while (running) await running;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** Blocks for everything that an account has beyond its cursor, when that is enough for one. */
async function indexAccount(db: Db, accountId: number, stopped: () => boolean): Promise<void> {
  let sealed = await findSearchCursor(db, accountId);
  if ((await listUnindexed(db, accountId, sealed, ENOUGH)).length < ENOUGH) return;
  let builder = createBlockBuilder(MESSAGES);
  let read = sealed;
  let messages = 0;

  async function seal(): Promise<boolean> {
    const from = sealed;
    const block = builder.finish();
    const done = await transaction(db, (tx) => insertSearchBlock(tx, accountId, block, from, read));
    sealed = read;
    builder = createBlockBuilder(MESSAGES);
    messages = 0;
    return done;
  }

  while (!stopped()) {
    const page = await listTexts(db, accountId, read, PAGE);
    if (page.length === 0) break;
    for (const row of page) {
      const text = row.packed_text ? `${row.text}\n${await unpackText(row.packed_text)}` : row.text;
      if (!builder.add(row.message_id, text)) {
        if (!(await seal())) return;
        builder.add(row.message_id, text);
      }
      messages++;
      read = { modseq: row.created_modseq, messageId: row.message_id };
      // A long text is a few milliseconds: the protocols get their turn in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  if (messages >= ENOUGH) await seal();
}
