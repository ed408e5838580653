import type { SessionInfo, SignInRecord } from '@hongyan/contract';
import type { Audit } from '../audit/index.ts';
import type { Clock } from '../kit/clock/index.ts';
import { hashToken } from '../kit/crypto/index.ts';
import { type Db, transaction } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Actor } from '../kit/http/index.ts';
import * as store from './sessions.store.ts';

/** Writing 'seen' with every request would double the writes of a quiet page. */
const TOUCH_EVERY_MS = 60_000;
const HISTORY = 50;

export type Sessions = ReturnType<typeof createSessions>;

export function createSessions({ db, clock, audit }: { db: Db; clock: Clock; audit: Audit }) {
  return {
    /** Who a cookie belongs to; undefined when it is unknown, over, or its account changed. */
    async find(token: string, address: string): Promise<store.LiveSessionRow | undefined> {
      const row = await store.findLiveSession(db, hashToken(token), clock.now());
      if (row && clock.ms() - row.seen_at.getTime() > TOUCH_EVERY_MS)
        await store.touchSession(db, row.id, clock.now(), address);
      return row;
    },

    async list(actor: Actor): Promise<SessionInfo[]> {
      const rows = await store.findSessionsOf(db, actor.accountId, clock.now());
      return rows.map((row) => ({
        id: row.id,
        current: row.id === actor.sessionId,
        device: row.device,
        address: row.address,
        createdAt: row.created_at.toISOString(),
        seenAt: row.seen_at.toISOString(),
      }));
    },

    async end(actor: Actor, id: string): Promise<void> {
      await transaction(db, async (tx) => {
        if ((await store.deleteSession(tx, id, actor.accountId)) === 0) throw commonErrors.not_found();
        await audit.record(tx, actor, { action: 'session.end', target: actor.name });
      });
    },

    async endOthers(actor: Actor): Promise<void> {
      await transaction(db, async (tx) => {
        await store.deleteOtherSessions(
          tx,
          actor.accountId,
          actor.sessionId ?? '00000000-0000-0000-0000-000000000000',
        );
        await audit.record(tx, actor, { action: 'session.end', target: actor.name, after: { all: true } });
      });
    },

    /** The session that changed the password goes on. */
    carryOver: (id: string, authVersion: number) => store.setSessionVersion(db, id, authVersion),

    async history(actor: Actor): Promise<SignInRecord[]> {
      const rows = await store.findSignIns(db, actor.accountId, HISTORY);
      return rows.map((row) => ({
        time: row.at.toISOString(),
        protocol: row.protocol,
        address: row.address,
        device: row.device,
        ok: row.ok,
      }));
    },

    async clean(): Promise<void> {
      await store.deleteExpiredSessions(db, clock.now());
      await store.deleteExpiredCaptchas(db, clock.now());
    },
  };
}
