import pg from 'pg';
import { newId } from '../crypto/token.ts';
import type { Connection } from '../db/index.ts';
import type { Logger } from '../log/index.ts';

/**
 * Wake-up calls between and inside processes (new mail, task changed). They carry hints, never facts:
 * a listener reads the truth from the database, and must catch up by itself after a reconnect.
 */
export interface Signals {
  /** Tells local listeners at once and other processes soon. Call it after commit. */
  send(topic: string, payload: string): void;
  /** Listens to a topic; returns how to stop. `payload` is undefined after a reconnect: look at everything. */
  on(topic: string, listener: (payload: string | undefined) => void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const CHANNEL = 'hongyan';
/** PostgreSQL's limit is 8000 bytes a payload; leave room for the frame. */
const MAX_PAYLOAD = 7_000;

export function createSignals(connection: Connection, pool: pg.Pool, log: Logger): Signals {
  const me = newId();
  const listeners = new Map<string, Set<(payload: string | undefined) => void>>();
  // Coalesced: the same topic and payload waiting to go out is sent once; NOTIFY in each commit would serialise them.
  let outgoing = new Set<string>();
  let sending = false;
  let stopped = false;
  let client: pg.Client | undefined;

  function local(topic: string, payload: string | undefined): void {
    for (const listener of listeners.get(topic) ?? []) {
      try {
        listener(payload);
      } catch (error) {
        log.error({ err: error, topic }, 'signal listener failed');
      }
    }
  }

  async function flush(): Promise<void> {
    if (sending) return;
    sending = true;
    try {
      while (outgoing.size > 0) {
        const batch = [...outgoing];
        outgoing = new Set();
        await pool.query('select pg_notify($1, line) from unnest($2::text[]) as line', [CHANNEL, batch]);
      }
    } catch (error) {
      log.warn({ err: error }, 'signals could not be sent; listeners will catch up');
    } finally {
      sending = false;
    }
  }

  async function connect(): Promise<void> {
    const next = new pg.Client(connection);
    next.on('error', (error) => log.warn({ err: error }, 'signal connection lost'));
    next.on('end', () => {
      if (!stopped && client === next) void reconnect();
    });
    next.on('notification', (message) => {
      const [sender, topic, ...rest] = (message.payload ?? '').split('\u001f');
      if (sender === me || topic === undefined) return;
      local(topic, rest.join('\u001f'));
    });
    await next.connect();
    await next.query(`listen ${CHANNEL}`);
    client = next;
  }

  async function reconnect(): Promise<void> {
    client = undefined;
    for (let wait = 200; !stopped; wait = Math.min(wait * 2, 5_000)) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        await connect();
        for (const topic of listeners.keys()) local(topic, undefined);
        return;
      } catch {
        // The database is still away; the next round waits longer.
      }
    }
  }

  return {
    send(topic, payload) {
      local(topic, payload);
      const line = `${me}\u001f${topic}\u001f${payload}`;
      if (line.length > MAX_PAYLOAD) throw new Error('signal payload too long');
      outgoing.add(line);
      setImmediate(() => void flush());
    },
    on(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      set.add(listener);
      listeners.set(topic, set);
      return () => set.delete(listener);
    },
    start: connect,
    async stop() {
      stopped = true;
      await flush();
      await client?.end().catch(() => undefined);
    },
  };
}
