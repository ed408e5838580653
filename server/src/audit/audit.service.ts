import { createHmac } from 'node:crypto';
import type { Clock } from '../kit/clock/index.ts';
import { sameBytes } from '../kit/crypto/index.ts';
import { type Db, type Queryable, transaction } from '../kit/db/index.ts';
import type { Actor } from '../kit/http/index.ts';
import * as store from './audit.store.ts';

export interface AuditRecord {
  /** What was done, e.g. `account.create`; its label stands in audit.labels.ts. */
  action: string;
  /** To what, as a person would name it. */
  target: string;
  /** The unit in whose scope it lies. */
  unitId?: number | null;
  /** Plain data without secrets. */
  before?: unknown;
  after?: unknown;
}

export interface Verification {
  ok: boolean;
  checked: number;
  /** Entries of the last second that are not chained yet. */
  unsealed: number;
  /** Id of the first entry that does not fit. */
  brokenAt?: number;
}

export interface Audit {
  /** Writes one entry in the caller's transaction. */
  record(db: Queryable, actor: Actor, record: AuditRecord): Promise<void>;
  list(db: Queryable, filter: store.Filter): Promise<store.EntryRow[]>;
  /** Chains what is not chained yet; returns how many. */
  seal(): Promise<number>;
  /** Walks the whole chain. */
  verify(): Promise<Verification>;
  /** Seals once a second until stopped. */
  start(): void;
  stop(): Promise<void>;
}

const BATCH = 500;
const SEAL_EVERY_MS = 1_000;
const GENESIS = Buffer.alloc(32);

/** `key` makes the chain a keyed one: who can write to the database but lacks the key cannot forge it. */
export function createAudit({ db, clock, key }: { db: Db; clock: Clock; key: Buffer }): Audit {
  let timer: NodeJS.Timeout | undefined;
  let sealing: Promise<number> | undefined;

  function link(previous: Buffer, row: store.EntryRow, seq: number): Buffer {
    const mac = createHmac('sha256', key).update(previous);
    const parts = [
      seq,
      row.id,
      row.micros,
      row.actor_id,
      row.actor,
      row.address,
      row.action,
      row.target,
      row.unit_id,
    ];
    for (const part of [...parts, row.before, row.after]) {
      const text = part === null ? '\u0000null' : String(part);
      mac.update(`${Buffer.byteLength(text)}:`).update(text);
    }
    return mac.digest();
  }

  async function sealBatch(): Promise<number> {
    return transaction(db, async (tx) => {
      await store.lockSealer(tx);
      const rows = await store.findUnsealed(tx, BATCH);
      if (rows.length === 0) return 0;
      const last = await store.findLastSealed(tx);
      let seq = last?.seq ?? 0;
      let hash = last?.hash ?? GENESIS;
      for (const row of rows) {
        seq += 1;
        hash = link(hash, row, seq);
        await store.seal(tx, row.id, seq, hash);
      }
      return rows.length;
    });
  }

  return {
    async record(target, actor, record) {
      await store.insertEntry(target, {
        at: clock.now(),
        actorId: actor.accountId,
        actor: actor.name,
        address: actor.address,
        action: record.action,
        target: record.target,
        unitId: record.unitId ?? null,
        before: record.before === undefined ? null : JSON.stringify(record.before),
        after: record.after === undefined ? null : JSON.stringify(record.after),
      });
    },
    list: (target, filter) => store.findEntries(target, filter),
    async seal() {
      let total = 0;
      for (;;) {
        const count = await sealBatch();
        total += count;
        if (count < BATCH) return total;
      }
    },
    async verify() {
      let seq = 0;
      let previous: Buffer = GENESIS;
      for (;;) {
        const rows = await store.findSealedAfter(db, seq, BATCH);
        for (const row of rows) {
          const expected = link(previous, row, seq + 1);
          // A gap means that a row was taken out; a wrong hash, that one was changed.
          if (row.seq !== seq + 1 || !row.hash || !sameBytes(row.hash, expected)) {
            return { ok: false, checked: seq, unsealed: await store.countUnsealed(db), brokenAt: row.id };
          }
          seq += 1;
          previous = expected;
        }
        if (rows.length < BATCH) break;
      }
      return { ok: true, checked: seq, unsealed: await store.countUnsealed(db) };
    },
    start() {
      timer = setInterval(() => {
        sealing ??= this.seal()
          .catch(() => 0)
          .finally(() => {
            sealing = undefined;
          });
      }, SEAL_EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
      await sealing;
    },
  };
}
