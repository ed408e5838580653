import type { QueueDestination, QueueItem } from '@hongyan/contract';
import type { Audit } from '../../audit/index.ts';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Db, transaction } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import { decodeCursor, encodeCursor } from '../../kit/text/index.ts';
import * as store from './console.store.ts';
import type { QueueRunner } from './runner.ts';

/** Signal: an administrator wants a destination (its name) tried now, whatever its pause. */
export const DESTINATION_CHANGED = 'mail-destination';

/** Shown at once; those with the most mail come first. */
const MAX_DESTINATIONS = 100;

export interface QueueConsoleParts {
  db: Db;
  clock: Clock;
  audit: Audit;
  directory: Directory;
  signals: Signals;
  runner: QueueRunner;
}

export type QueueConsole = ReturnType<typeof createQueueConsole>;

/** The queue as administrators of the institution see and steer it (ADM-14). */
export function createQueueConsole({ db, clock, audit, directory, signals, runner }: QueueConsoleParts) {
  async function hasten(actor: Actor, id: number, action: 'queue.retry' | 'queue.bounce'): Promise<void> {
    requireInstitutionWide(await directory.authority(actor));
    await transaction(db, async (tx) => {
      const domain = await store.makeDue(tx, id, action === 'queue.bounce', clock.now());
      if (domain === undefined) throw commonErrors.not_found();
      afterCommit(tx, () => signals.send(DESTINATION_CHANGED, domain));
      await audit.record(tx, actor, { action, target: String(id) });
    });
    void runner.drain();
  }

  async function hold(actor: Actor, id: number, held: boolean): Promise<void> {
    requireInstitutionWide(await directory.authority(actor));
    await transaction(db, async (tx) => {
      if ((await store.setHeld(tx, id, held, clock.now())) === 0) throw commonErrors.not_found();
      await audit.record(tx, actor, { action: held ? 'queue.hold' : 'queue.release', target: String(id) });
    });
    if (!held) void runner.drain();
  }

  return {
    hold: (actor: Actor, id: number) => hold(actor, id, true),
    release: (actor: Actor, id: number) => hold(actor, id, false),
    async list(
      actor: Actor,
      query: { search?: string; after?: string; limit?: number },
    ): Promise<{ items: QueueItem[]; next?: string }> {
      requireInstitutionWide(await directory.authority(actor));
      const limit = query.limit ?? 50;
      const rows = await store.findWaiting(db, {
        search: query.search?.trim() || undefined,
        beforeId: decodeCursor(query.after)?.id,
        limit: limit + 1,
      });
      const last = rows[limit - 1];
      return {
        items: rows.slice(0, limit).map((row) => ({
          id: row.recipient_id,
          from: row.sender,
          to: row.address,
          subject: row.subject,
          state: row.held ? 'held' : 'waiting',
          attempts: row.attempts,
          nextAt: row.next_at.toISOString(),
          ...(row.reply === null ? {} : { reason: row.reply }),
          queuedAt: row.created_at.toISOString(),
        })),
        ...(rows.length > limit && last ? { next: encodeCursor('', last.recipient_id) } : {}),
      };
    },
    async destinations(actor: Actor): Promise<{ items: QueueDestination[] }> {
      requireInstitutionWide(await directory.authority(actor));
      const now = clock.now();
      const rows = await store.findWaitingDestinations(db, MAX_DESTINATIONS);
      return {
        items: rows.map((row) => ({
          domain: row.domain,
          waiting: row.waiting,
          oldest: row.oldest.toISOString(),
          ...(row.until && row.until > now ? { pausedUntil: row.until.toISOString() } : {}),
          ...(row.last_error === null ? {} : { reason: row.last_error }),
        })),
      };
    },
    retry: (actor: Actor, id: number) => hasten(actor, id, 'queue.retry'),
    bounce: (actor: Actor, id: number) => hasten(actor, id, 'queue.bounce'),
    figures: (dayStart: Date) => store.countMail(db, dayStart),
  };
}
