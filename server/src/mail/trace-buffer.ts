import type { Clock } from '../kit/clock/index.ts';
import type { Db } from '../kit/db/index.ts';
import type { Logger } from '../kit/log/index.ts';
import { insertTrace, type TraceEvent } from './queue/index.ts';

/** Refusals kept until they are written; a flood beyond it is counted, not kept. */
const MAX_HELD = 2_000;
const EVERY_MS = 1_000;

/** Collects events of refused commands and writes them about once a second: a stranger's noise costs one insert. */
export function createTraceBuffer({ db, clock, log }: { db: Db; clock: Clock; log: Logger }) {
  let held: TraceEvent[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const events = held;
    held = [];
    if (dropped > 0) log.warn({ dropped }, 'refusals were too many to record them all');
    dropped = 0;
    try {
      await insertTrace(db, events, clock.now());
    } catch (error) {
      log.warn({ err: error }, 'refusals could not be recorded');
    }
  }

  return {
    add(event: TraceEvent): void {
      if (held.length >= MAX_HELD) dropped++;
      else held.push(event);
      timer ??= setTimeout(() => void flush(), EVERY_MS);
    },
    flush,
  };
}
