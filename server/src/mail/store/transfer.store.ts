import { many, run, sql, type Tx } from '../../kit/db/index.ts';
import type { LockedAccount } from './account.store.ts';

/** Copies the immutable rows of messages into another account, under new ids and threads. */
export async function copyMessages(
  tx: Tx,
  source: number,
  target: LockedAccount,
  copies: readonly { from: number; to: number; threadId: number }[],
): Promise<void> {
  await run(
    tx,
    sql`insert into mail.message (account_id, message_id, thread_id, body_hash, prefix, size_bytes, header_size,
          received_at, sent_at, rfc_id, subject, base_subject, from_fold, to_fold, cc_fold, bcc_fold, subject_fold,
          envelope, structure, preview, has_attachment, created_modseq)
        select ${target.accountId}, w.new_id, w.thread_id, m.body_hash, m.prefix, m.size_bytes, m.header_size,
          m.received_at, m.sent_at, m.rfc_id, m.subject, m.base_subject, m.from_fold, m.to_fold, m.cc_fold, m.bcc_fold,
          m.subject_fold, m.envelope, m.structure, m.preview, m.has_attachment, ${target.modseq}
        from unnest(${copies.map((c) => c.from)}::bigint[], ${copies.map((c) => c.to)}::bigint[],
          ${copies.map((c) => c.threadId)}::bigint[]) as w(old_id, new_id, thread_id)
        join mail.message m on m.account_id = ${source} and m.message_id = w.old_id`,
  );
}

/** For each thread of the source account the thread of the target that shares a message-id with it. */
export async function findMatchingThreads(
  tx: Tx,
  source: number,
  target: number,
  threadIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await many(
    tx,
    sql<{ old_id: number; new_id: number }>`
      select s.thread_id as old_id, min(t.thread_id) as new_id from mail.thread_ref s
      join mail.thread_ref t on t.account_id = ${target} and t.key = s.key
      where s.account_id = ${source} and s.thread_id = any(${threadIds}::bigint[]) group by s.thread_id`,
  );
  return new Map(rows.map((row) => [row.old_id, row.new_id]));
}

export async function copyThreadRefs(
  tx: Tx,
  source: number,
  target: number,
  threads: ReadonlyMap<number, number>,
): Promise<void> {
  await run(
    tx,
    sql`insert into mail.thread_ref (account_id, key, thread_id)
        select ${target}, s.key, w.new_id
        from unnest(${[...threads.keys()]}::bigint[], ${[...threads.values()]}::bigint[]) as w(old_id, new_id)
        join mail.thread_ref s on s.account_id = ${source} and s.thread_id = w.old_id
        on conflict do nothing`,
  );
}
