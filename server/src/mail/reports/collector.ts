import { createHash } from 'node:crypto';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { DmarcObservation } from '../checks/index.ts';
import { addSeen, type Counted } from './reports.store.ts';

/** Different observations held between two writes; beyond it new ones are dropped: reports are statistics. */
const MAX_HELD = 5_000;
const EVERY_MS = 5_000;

export interface Collector {
  add(observation: DmarcObservation): void;
  flush(): Promise<void>;
}

/** Counts what was seen of each domain and writes it every few seconds: nothing on the way of a message. */
export function createCollector({ db, clock, log }: { db: Db; clock: Clock; log: Logger }): Collector {
  let held = new Map<string, Counted>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const rows = [...held.values()];
    held = new Map();
    if (rows.length === 0) return;
    try {
      await addSeen(db, rows);
    } catch (error) {
      log.warn({ err: error, rows: rows.length }, 'DMARC statistics could not be written');
    }
  }

  return {
    flush,
    add(observed) {
      const day = clock.now().toISOString().slice(0, 10);
      const key = createHash('sha256').update(JSON.stringify(observed)).digest();
      const name = `${day} ${key.toString('base64')}`;
      const known = held.get(name);
      if (known) known.count++;
      else if (held.size < MAX_HELD) held.set(name, { day, key, observed, count: 1 });
      timer ??= setTimeout(() => void flush(), EVERY_MS);
    },
  };
}
