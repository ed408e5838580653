import type { Queryable } from '../../kit/db/index.ts';
import { insertEntries, listEntries, updateCounts, updateSeen } from './entry.store.ts';
import type { createIdBlocks } from './insert.store.ts';
import { findMailbox } from './mailbox.store.ts';
import { copyMessages, copyThreadRefs, findMatchingThreads } from './transfer.store.ts';
import {
  type CopyResult,
  type CopyTarget,
  type Entry,
  FLAG,
  type Scope,
  StoreError,
  type UidRange,
} from './types.ts';
import { countChange, inWork, removeEntries, type StoreParts, type Work, workOf } from './work.ts';

/** COPY and MOVE, inside an account or across; one modseq per account. */
export async function copyOrMove(
  parts: StoreParts & { ids: ReturnType<typeof createIdBlocks> },
  db: Queryable,
  source: { scope: Scope; mailboxId: number; uids: readonly UidRange[] },
  target: CopyTarget,
  move: boolean,
): Promise<CopyResult> {
  const { accountId } = source.scope;
  const targetId = target.scope.accountId;
  return inWork(parts, db, [accountId, targetId], async (works) => {
    const from = workOf(works, accountId);
    const to = workOf(works, targetId);
    const found = await listEntries(from.tx, source.scope, from.account.shared, source.mailboxId, {
      uids: source.uids,
    });
    const entries = found.map((entry) => carried(entry, target));
    const size = entries.reduce((sum, entry) => sum + entry.size, 0);
    const within = move && accountId === targetId;
    if (!within && target.quotaBytes !== undefined && to.account.usedBytes + size > target.quotaBytes)
      throw new StoreError('over_quota', 'the mailbox is full');
    const placed = await placeEntries(to, target, entries);
    const messages =
      accountId === targetId
        ? entries.map(({ messageId, threadId }) => ({ messageId, threadId }))
        : await copyAcross(parts, from, to, entries);
    await insertEntries(
      to.tx,
      to.account,
      entries.map((entry, index) => ({
        mailboxId: target.mailboxId,
        uid: placed.firstUid + index,
        messageId: messages[index]?.messageId ?? entry.messageId,
        threadId: messages[index]?.threadId ?? entry.threadId,
        flags: entry.flags,
        keywords: entry.keywords,
        size: entry.size,
        receivedAt: entry.receivedAt,
      })),
      to.now,
    );
    await keepSeen(to, target, entries, placed.firstUid);
    if (accountId === targetId) for (const entry of entries) to.emailUpdated.add(entry.messageId);
    if (move) await removeEntries(from, source.mailboxId, found);
    return {
      uidValidity: placed.uidValidity,
      pairs: entries.map((entry, index) => ({ from: entry.uid, to: placed.firstUid + index })),
      modseq: move ? from.account.modseq : undefined,
    };
  });
}

/** An entry with the flags that the target takes. */
function carried(entry: Entry, { keep }: CopyTarget): Entry {
  if (!keep) return entry;
  return { ...entry, flags: entry.flags & keep.flags, keywords: keep.keywords ? entry.keywords : [] };
}

/** Hands out the target's UIDs; also tells whether it exists when there is nothing to copy. */
async function placeEntries(
  to: Work,
  target: CopyTarget,
  entries: readonly Entry[],
): Promise<{ firstUid: number; uidValidity: number }> {
  if (entries.length === 0) {
    const mailbox = await findMailbox(to.tx, target.scope, target.mailboxId);
    if (!mailbox) throw new StoreError('nonexistent', 'no such mailbox');
    return { firstUid: mailbox.uidNext, uidValidity: mailbox.uidValidity };
  }
  const placed = await updateCounts(to.tx, [
    {
      accountId: to.account.accountId,
      modseq: to.account.modseq,
      mailboxId: target.mailboxId,
      uids: entries.length,
      total: entries.length,
      unseen: entries.filter((entry) => !(entry.flags & FLAG.seen)).length,
      deleted: entries.filter((entry) => entry.flags & FLAG.deleted).length,
      size: entries.reduce((sum, entry) => sum + entry.size, 0),
    },
  ]);
  const place = placed.get(target.mailboxId);
  if (!place) throw new StoreError('nonexistent', 'no such mailbox');
  // So that the change is logged and signalled; the counts themselves are settled above.
  countChange(to, target.mailboxId);
  return place;
}

async function copyAcross(
  parts: { ids: ReturnType<typeof createIdBlocks> },
  from: Work,
  to: Work,
  entries: readonly Entry[],
): Promise<{ messageId: number; threadId: number }[]> {
  const unique = [...new Map(entries.map((entry) => [entry.messageId, entry.threadId])).entries()];
  const oldThreads = [...new Set(unique.map(([, threadId]) => threadId))];
  const threads = await findMatchingThreads(to.tx, from.account.accountId, to.account.accountId, oldThreads);
  const newIds = await parts.ids.take(to.tx, unique.length);
  const copies = unique.map(([messageId, oldThread], index) => {
    const newId = newIds[index] ?? 0;
    const threadId = threads.get(oldThread) ?? newId;
    threads.set(oldThread, threadId);
    to.emailCreated.add(newId);
    to.threadUpdated.add(threadId);
    return { from: messageId, to: newId, threadId };
  });
  await copyMessages(to.tx, from.account.accountId, to.account, copies);
  await copyThreadRefs(to.tx, from.account.accountId, to.account.accountId, threads);
  const byOld = new Map(copies.map((copy) => [copy.from, copy]));
  return entries.map((entry) => {
    const copy = byOld.get(entry.messageId);
    return { messageId: copy?.to ?? entry.messageId, threadId: copy?.threadId ?? entry.threadId };
  });
}

async function keepSeen(
  to: Work,
  target: CopyTarget,
  entries: readonly Entry[],
  firstUid: number,
): Promise<void> {
  if (!to.account.shared) return;
  const seen = entries.flatMap((entry, index) => (entry.flags & FLAG.seen ? [firstUid + index] : []));
  if (seen.length > 0) await updateSeen(to.tx, target.scope, target.mailboxId, seen, []);
}
