import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileBlobs } from '../../src/kit/blobs/index.ts';
import { createTravellingClock } from '../../src/kit/clock/index.ts';
import type { Signals } from '../../src/kit/events/index.ts';
import { createLogger } from '../../src/kit/log/index.ts';
import { createStore, type Store, type StoredBody } from '../../src/mail/store/index.ts';
import { freshDatabase, type TestDatabase } from '../kit/database.ts';

/** Signals inside one process, remembered for the test. */
export function testSignals(): Signals & { sent: string[] } {
  const listeners = new Map<string, Set<(payload: string | undefined) => void>>();
  const sent: string[] = [];
  return {
    sent,
    send(topic, payload) {
      sent.push(`${topic} ${payload}`);
      for (const listener of listeners.get(topic) ?? []) listener(payload);
    },
    on(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      set.add(listener);
      listeners.set(topic, set);
      return () => set.delete(listener);
    },
    start: async () => undefined,
    stop: async () => undefined,
  };
}

export interface StoreFixture {
  database: TestDatabase;
  folder: string;
  clock: ReturnType<typeof createTravellingClock>;
  signals: ReturnType<typeof testSignals>;
  blobs: Awaited<ReturnType<typeof createFileBlobs>>;
  store: Store;
  log: ReturnType<typeof createLogger>;
  close(): Promise<void>;
}

export async function storeFixture(): Promise<StoreFixture> {
  const database = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'hongyan-mail-'));
  const clock = createTravellingClock();
  const signals = testSignals();
  const blobs = await createFileBlobs(join(folder, 'blobs'));
  const log = createLogger(process.env['TEST_LOG'] ?? 'silent');
  const store = createStore({ db: database.db, blobs, clock, signals, log });
  return {
    database,
    folder,
    clock,
    signals,
    blobs,
    store,
    log,
    async close() {
      await store.searchIndex.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function body(store: Store, text: string): Promise<StoredBody> {
  const writer = store.newBody();
  await writer.write(Buffer.from(text.replace(/\r?\n/g, '\r\n')));
  return writer.finish();
}

/** A small message; `id` becomes its Message-ID. */
export function letter(
  options: {
    id?: string;
    subject?: string;
    from?: string;
    to?: string;
    replyTo?: string;
    text?: string;
  } = {},
): string {
  const {
    id = Math.random().toString(36).slice(2),
    subject = 'Hello',
    from = 'a@example.test',
    to = 'b@beichen.test',
  } = options;
  const reply = options.replyTo
    ? `In-Reply-To: <${options.replyTo}>\nReferences: <${options.replyTo}>\n`
    : '';
  return `From: ${from}\nTo: ${to}\nSubject: ${subject}\nMessage-ID: <${id}>\nDate: Mon, 23 Nov 2026 10:00:00 +0800\n${reply}Content-Type: text/plain; charset=utf-8\n\n${options.text ?? 'text'}\n`;
}
