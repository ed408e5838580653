import { type Db, transaction } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { Enqueue } from './enqueue.ts';
import type { Transfer } from './types.ts';

/** Messages of one commit: more would make the first one wait for the last one's rows. */
const MAX_BATCH = 64;
/** Commits under way at a time: while one waits for the disk, the next one works. */
const MAX_PARALLEL = 2;

export interface Acceptor {
  /** Resolves once the message is durable; rejects when it could not be written. */
  accept(transfer: Transfer): Promise<void>;
}

/**
 * Group commit: messages that arrive while a commit is under way share the next one. Under load this saves most of
 * the disk's work; a single message waits for nobody.
 */
export function createAcceptor({ db, enqueue, log }: { db: Db; enqueue: Enqueue; log: Logger }): Acceptor {
  interface Waiting {
    transfer: Transfer;
    resolve(): void;
    reject(error: unknown): void;
  }
  const waiting: Waiting[] = [];
  let running = 0;

  async function commit(batch: readonly Waiting[]): Promise<void> {
    await transaction(db, (tx) =>
      enqueue(
        tx,
        batch.map((one) => one.transfer),
      ),
    );
  }

  async function runBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      await commit(batch);
      for (const one of batch) one.resolve();
    } catch (error) {
      if (batch.length === 1) {
        batch[0]?.reject(error);
        return;
      }
      // One of them is to blame; the others must not suffer.
      log.warn({ err: error, messages: batch.length }, 'a batch failed; each message goes alone');
      for (const one of batch) await runBatch([one]);
    }
  }

  function pump(): void {
    while (running < MAX_PARALLEL && waiting.length > 0) {
      const batch = waiting.splice(0, MAX_BATCH);
      running++;
      void runBatch(batch).finally(() => {
        running--;
        pump();
      });
    }
  }

  return {
    accept(transfer) {
      return new Promise((resolve, reject) => {
        waiting.push({ transfer, resolve, reject });
        // Those that arrive in the same turn of the loop go together.
        setImmediate(pump);
      });
    },
  };
}
