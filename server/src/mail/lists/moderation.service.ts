import type { HeldMessage } from '@hongyan/contract';
import type { Audit } from '../../audit/index.ts';
import { type Directory, isInstitutionWide } from '../../directory/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Db, type Tx, transaction } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import { type Actor, systemActor } from '../../kit/http/index.ts';
import { decideHeld, findHeld, findWaiting, type HeldRow, lockHeld } from './held.store.ts';
import { listErrors } from './lists.errors.ts';
import type { MailLists } from './lists.ts';
import type { HeldAct, MemberKey } from './tokens.ts';

/** A held message nobody decides about goes back to its sender after this. */
export const HOLD_MS = 14 * 86_400_000;
/** A moderator works off the oldest first; more on one page helps nobody. */
const PAGE = 200;

export type Moderation = ReturnType<typeof createModeration>;

/** What moderators decide, and what members decide for themselves: leaving. */
export function createModeration(parts: {
  db: Db;
  clock: Clock;
  audit: Audit;
  signals: Signals;
  directory: Pick<Directory, 'authority'>;
  lists: MailLists;
}) {
  const { db, clock, audit, lists } = parts;
  const { book, tokens } = lists;

  async function decide(
    tx: Tx,
    actor: Actor,
    held: HeldRow,
    act: HeldAct,
    reason: string | undefined,
  ): Promise<void> {
    if (held.state !== 'held') throw listErrors.decided();
    const list = await book.find(tx, held.list_id);
    await decideHeld(tx, {
      heldId: held.held_id,
      recipientId: held.recipient_id,
      state: act === 'release' ? 'released' : 'rejected',
      reason: reason?.trim() || null,
      by: actor.accountId,
      now: clock.now(),
    });
    await audit.record(tx, actor, {
      action: act === 'release' ? 'list.release' : 'list.reject',
      target: list?.address ?? '',
      after: { ref: held.ref, sender: held.sender, subject: held.subject },
    });
    afterCommit(tx, () => parts.signals.send('mail-queue', ''));
  }

  async function present(row: HeldRow): Promise<HeldMessage[]> {
    const list = await book.find(db, row.list_id);
    if (!list) return [];
    return [
      {
        id: row.held_id,
        list: { id: list.id, name: list.name, address: list.address },
        author: row.author,
        sender: row.sender,
        subject: row.subject,
        preview: row.preview,
        sizeBytes: row.size_bytes,
        createdAt: row.created_at.toISOString(),
        until: new Date(row.created_at.getTime() + HOLD_MS).toISOString(),
      },
    ];
  }

  return {
    /** What waits for this person; administrators of the institution see every list's. */
    async waiting(actor: Actor): Promise<HeldMessage[]> {
      const authority = await parts.directory.authority(actor);
      const mine = isInstitutionWide(authority) ? undefined : await book.moderatedBy(db, actor.accountId);
      const rows = mine?.length === 0 ? [] : await findWaiting(db, mine, PAGE);
      return (await Promise.all(rows.map(present))).flat();
    },

    async decide(actor: Actor, heldId: number, act: HeldAct, reason: string | undefined): Promise<void> {
      await transaction(db, async (tx) => {
        const held = await lockHeld(tx, heldId);
        const authority = await parts.directory.authority(actor, tx);
        const may =
          held &&
          (isInstitutionWide(authority) ||
            (await book.moderators(tx, held.list_id)).includes(actor.accountId));
        // Who may not moderate it does not learn whether it exists.
        if (!held || !may)
          throw isInstitutionWide(authority) ? commonErrors.not_found() : commonErrors.forbidden();
        await decide(tx, actor, held, act, reason);
      });
    },

    /** What a link in a moderator's mail is about; undefined when the link is not ours or no longer his. */
    async byLink(token: string): Promise<{ held: HeldMessage; act: HeldAct; open: boolean } | undefined> {
      const read = tokens.readHeld(token);
      const row = read && (await findHeld(db, read.heldId));
      if (!read || !row) return undefined;
      if (!(await book.moderators(db, row.list_id)).includes(read.moderatorId)) return undefined;
      const [held] = await present(row);
      return held && { held, act: read.act, open: row.state === 'held' };
    },

    async decideByLink(token: string): Promise<HeldAct> {
      return transaction(db, async (tx) => {
        const read = tokens.readHeld(token);
        const held = read && (await lockHeld(tx, read.heldId));
        if (!read || !held || !(await book.moderators(tx, held.list_id)).includes(read.moderatorId))
          throw listErrors.bad_link();
        const actor = { ...systemActor('list-moderation'), accountId: read.moderatorId };
        await decide(tx, actor, held, read.act, undefined);
        return read.act;
      });
    },

    /** The list that a link leaves; undefined when the link is not ours or the list has gone. */
    async leaving(token: string): Promise<{ name: string; address: string; allowed: boolean } | undefined> {
      const read = tokens.readLeave(token);
      const list = read && (await book.find(db, read.listId));
      return list && { name: list.name, address: list.address, allowed: list.leavable };
    },

    /** One click (RFC 8058 §3.2): saying it twice is no error. */
    async leave(token: string): Promise<void> {
      const read = tokens.readLeave(token);
      if (!read) throw listErrors.bad_link();
      await transaction(db, (tx) => leave(tx, read.listId, read.member));
    },
  };

  async function leave(tx: Tx, listId: number, member: MemberKey): Promise<void> {
    const list = await book.find(tx, listId);
    const result = await lists.leave(tx, listId, member);
    if (result === 'unknown') throw listErrors.bad_link();
    if (result === 'not_allowed') throw listErrors.not_leavable();
    await audit.record(tx, systemActor('list-leave'), {
      action: 'list.leave',
      target: list?.address ?? '',
      after: member,
    });
  }
}
