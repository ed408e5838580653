import { type Db, transaction } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import { StoreError } from '../store/index.ts';
import type { Enqueue } from './enqueue.ts';
import type { LocalRules } from './local-plan.ts';
import { type Refusal, withPlans } from './planning.ts';
import type { Transfer } from './types.ts';

/** Messages of one commit: more would make the first one wait for the last one's rows. */
const MAX_BATCH = 64;
/** Commits under way at a time: while one waits for the disk, the next one works. */
const MAX_PARALLEL = 2;

export interface Acceptor {
  /**
   * Resolves once the message is durable; rejects when it could not be written. Answers a refusal, and has written
   * nothing, when the rules of its only recipient refuse it.
   */
  accept(transfer: Transfer): Promise<Refusal | undefined>;
}

/**
 * Group commit: messages that arrive while a commit is under way share the next one. Under load this saves most of
 * the disk's work; a single message waits for nobody.
 */
export function createAcceptor(parts: {
  db: Db;
  enqueue: Enqueue;
  log: Logger;
  rules?: LocalRules | undefined;
}): Acceptor {
  const { db, enqueue, log, rules } = parts;
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

  async function runAlone(one: Waiting): Promise<void> {
    try {
      // A folder that had gone is looked up anew the second time.
      await commit([one]).catch((error: unknown) => {
        if (error instanceof StoreError) return commit([one]);
        throw error;
      });
      one.resolve();
    } catch (error) {
      one.reject(error);
    }
  }

  async function runBatch(batch: readonly Waiting[]): Promise<void> {
    const [only] = batch;
    if (only && batch.length === 1) return runAlone(only);
    try {
      await commit(batch);
    } catch (error) {
      // One of them is to blame; the others must not suffer.
      log.warn({ err: error, messages: batch.length }, 'a batch failed; each message goes alone');
      for (const one of batch) await runAlone(one);
      return;
    }
    for (const one of batch) one.resolve();
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
    async accept(given) {
      const planned = rules ? await withPlans(db, rules, given) : { transfer: given };
      if ('refusal' in planned) return planned.refusal;
      await new Promise<void>((resolve, reject) => {
        waiting.push({ transfer: planned.transfer, resolve, reject });
        // Those that arrive in the same turn of the loop go together.
        setImmediate(pump);
      });
      return undefined;
    },
  };
}
