import { many, maybe, type Queryable, run, sql } from '../../kit/db/index.ts';

export interface HeldRow {
  held_id: number;
  list_id: number;
  recipient_id: number;
  ref: string;
  sender: string;
  author: string;
  subject: string;
  preview: string;
  size_bytes: number;
  state: 'held' | 'released' | 'rejected';
  reason: string | null;
  created_at: Date;
}

export interface NewHeld {
  listId: number;
  recipientId: number;
  ref: string;
  sender: string;
  author: string;
  subject: string;
  preview: string;
  size: number;
  now: Date;
}

/** Undefined when this recipient's message is held already. */
export async function insertHeld(db: Queryable, held: NewHeld): Promise<number | undefined> {
  const row = await maybe(
    db,
    sql<{
      held_id: number;
    }>`insert into mail.list_held (list_id, recipient_id, ref, sender, author, subject, preview, size_bytes,
        state, created_at)
      values (${held.listId}, ${held.recipientId}, ${held.ref}, ${held.sender}, ${held.author}, ${held.subject}, ${held.preview},
        ${held.size}, 'held', ${held.now}) on conflict do nothing returning held_id`,
  );
  return row?.held_id;
}

export function findHeldOf(db: Queryable, recipientId: number): Promise<HeldRow | undefined> {
  return maybe(db, sql<HeldRow>`select * from mail.list_held where recipient_id = ${recipientId}`);
}

export function lockHeld(db: Queryable, heldId: number): Promise<HeldRow | undefined> {
  return maybe(db, sql<HeldRow>`select * from mail.list_held where held_id = ${heldId} for update`);
}

export function findHeld(db: Queryable, heldId: number): Promise<HeldRow | undefined> {
  return maybe(db, sql<HeldRow>`select * from mail.list_held where held_id = ${heldId}`);
}

/** What waits, the oldest first; of these lists, or of all. */
export function findWaiting(
  db: Queryable,
  listIds: readonly number[] | undefined,
  limit: number,
): Promise<HeldRow[]> {
  return many(
    db,
    sql<HeldRow>`select h.* from mail.list_held h join mail.recipient r using (recipient_id)
      where h.state = 'held' and r.state = 'waiting' and (${listIds ?? null}::bigint[] is null or h.list_id = any(${listIds ?? null}::bigint[]))
      order by h.held_id limit ${limit}`,
  );
}

/** The decision, and the recipient is due at once. */
export async function decideHeld(
  db: Queryable,
  decision: {
    heldId: number;
    recipientId: number;
    state: 'released' | 'rejected';
    reason: string | null;
    by: number;
    now: Date;
  },
): Promise<void> {
  await run(
    db,
    sql`update mail.list_held set state = ${decision.state}, reason = ${decision.reason}, decided_by = ${decision.by},
          decided_at = ${decision.now} where held_id = ${decision.heldId}`,
  );
  await run(
    db,
    sql`update mail.recipient set next_at = ${decision.now} where recipient_id = ${decision.recipientId} and state = 'waiting'`,
  );
}

/** Decided ones are of no use once the message log has forgotten the message. */
export async function deleteOldHeld(db: Queryable, before: Date): Promise<number> {
  return run(
    db,
    sql`delete from mail.list_held h where h.held_id in (
          select held_id from mail.list_held where created_at < ${before} order by held_id limit 1000)
        and not exists (select 1 from mail.recipient r where r.recipient_id = h.recipient_id and r.state = 'waiting')`,
  );
}
