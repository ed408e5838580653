import type { Queryable } from '../../kit/db/index.ts';
import { insertEntries, listEntriesOfMessages, updateCounts, updateSeen } from './entry.store.ts';
import { addKeywords, removeKeywords, writeFlags } from './flags.ts';
import { type EmailChange, type Entry, FLAG, type Scope, StoreError } from './types.ts';
import { countChange, inOneWork, removeEntries, type StoreParts, type Work } from './work.ts';

interface Wanted {
  flags: number;
  keywords: readonly string[];
  keep: Entry[];
  /** Flags or keywords of the kept entries change. */
  rewrite: boolean;
  add: number[];
  remove: Entry[];
  sample: Entry;
}

/** JMAP's Email/set: mailboxes and keywords of whole Emails, all in one modseq. */
export async function updateEmails(
  parts: StoreParts,
  db: Queryable,
  scope: Scope,
  changes: readonly EmailChange[],
): Promise<{ modseq: number; updated: number[]; destroyed: number[]; notFound: number[] }> {
  return inOneWork(parts, db, scope.accountId, async (work) => {
    const ids = changes.map((change) => change.messageId);
    const entries = await listEntriesOfMessages(work.tx, scope, work.account.shared, ids);
    const byMessage = Map.groupBy(entries, (entry) => entry.messageId);
    const updated: number[] = [];
    const destroyed: number[] = [];
    const notFound: number[] = [];
    const wanted: Wanted[] = [];
    for (const change of changes) {
      const own = byMessage.get(change.messageId);
      const plan = own && planChange(own, change);
      if (!plan) {
        notFound.push(change.messageId);
        continue;
      }
      (plan.keep.length + plan.add.length === 0 ? destroyed : updated).push(change.messageId);
      wanted.push(plan);
    }
    await addAll(work, scope, wanted);
    for (const [mailboxId, list] of groupKept(wanted)) await writeFlags(work, scope, mailboxId, list);
    const removed = Map.groupBy(
      wanted.flatMap((plan) => plan.remove),
      (entry) => entry.mailboxId,
    );
    for (const [mailboxId, list] of removed) await removeEntries(work, mailboxId, list);
    for (const id of updated) work.emailUpdated.add(id);
    return { modseq: work.account.modseq, updated, destroyed, notFound };
  });
}

function planChange(own: readonly Entry[], change: EmailChange): Wanted | undefined {
  const [sample] = own;
  if (!sample) return undefined;
  const before = new Set(own.map((entry) => entry.mailboxId));
  const after = new Set(change.mailboxIds ?? before);
  for (const id of change.addMailboxIds ?? []) after.add(id);
  for (const id of change.removeMailboxIds ?? []) after.delete(id);
  const all = own.reduce((flags, entry) => flags | entry.flags, 0);
  const words = own.reduce<readonly string[]>((list, entry) => addKeywords(list, entry.keywords), []);
  const flags = ((change.flags ?? all) | (change.addFlags ?? 0)) & ~(change.removeFlags ?? 0);
  const keywords = removeKeywords(
    addKeywords(change.keywords ?? words, change.addKeywords ?? []),
    change.removeKeywords ?? [],
  );
  const touchesFlags =
    change.flags !== undefined ||
    change.keywords !== undefined ||
    change.addFlags ||
    change.removeFlags ||
    change.addKeywords ||
    change.removeKeywords;
  const keep = own.filter((entry) => after.has(entry.mailboxId));
  return {
    flags,
    keywords,
    keep,
    rewrite: Boolean(touchesFlags),
    add: [...after].filter((id) => !before.has(id)),
    remove: own.filter((entry) => !after.has(entry.mailboxId)),
    sample,
  };
}

function groupKept(wanted: readonly Wanted[]) {
  const list = wanted.flatMap(({ keep, rewrite, flags, keywords }) =>
    rewrite ? keep.map((entry) => ({ entry, flags, keywords })) : [],
  );
  return Map.groupBy(list, ({ entry }) => entry.mailboxId);
}

async function addAll(work: Work, scope: Scope, wanted: readonly Wanted[]): Promise<void> {
  const adds = wanted.flatMap((plan) => plan.add.map((mailboxId) => ({ mailboxId, plan })));
  for (const [mailboxId, list] of Map.groupBy(adds, (add) => add.mailboxId)) {
    const placed = await updateCounts(work.tx, [
      {
        accountId: work.account.accountId,
        modseq: work.account.modseq,
        mailboxId,
        uids: list.length,
        total: list.length,
        unseen: list.filter(({ plan }) => !(plan.flags & FLAG.seen)).length,
        deleted: list.filter(({ plan }) => plan.flags & FLAG.deleted).length,
        size: list.reduce((sum, { plan }) => sum + plan.sample.size, 0),
      },
    ]);
    const first = placed.get(mailboxId)?.firstUid;
    if (first === undefined) throw new StoreError('nonexistent', 'no such mailbox');
    countChange(work, mailboxId);
    await insertEntries(
      work.tx,
      work.account,
      list.map(({ plan }, index) => ({
        mailboxId,
        uid: first + index,
        messageId: plan.sample.messageId,
        threadId: plan.sample.threadId,
        flags: plan.flags,
        keywords: plan.keywords,
        size: plan.sample.size,
        receivedAt: plan.sample.receivedAt,
      })),
      work.now,
    );
    const seen = list.flatMap(({ plan }, index) => (plan.flags & FLAG.seen ? [first + index] : []));
    if (work.account.shared && seen.length > 0) await updateSeen(work.tx, scope, mailboxId, seen, []);
  }
}
