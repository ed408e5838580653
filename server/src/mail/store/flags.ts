import type { Queryable } from '../../kit/db/index.ts';
import { listEntries, updateFlags, updateSeen } from './entry.store.ts';
import { findMailbox } from './mailbox.store.ts';
import { type Entry, FLAG, type FlagChange, type FlagResult, type Scope, StoreError } from './types.ts';
import { countChange, inOneWork, type StoreParts, type Work } from './work.ts';

export async function setFlags(
  parts: StoreParts,
  db: Queryable,
  scope: Scope,
  mailboxId: number,
  change: FlagChange,
): Promise<FlagResult> {
  return inOneWork(parts, db, scope.accountId, async (work) => {
    const { tx, account } = work;
    const found = await listEntries(tx, scope, account.shared, mailboxId, { uids: change.uids });
    if (found.length === 0 && !(await findMailbox(tx, scope, mailboxId)))
      throw new StoreError('nonexistent', 'no such mailbox');
    const { unchangedSince } = change;
    const refused =
      unchangedSince === undefined ? [] : found.filter((entry) => entry.modseq > unchangedSince);
    const allowed = refused.length === 0 ? found : found.filter((entry) => !refused.includes(entry));
    const wanted = allowed.map((entry) => ({ entry, ...limited(entry, applied(entry, change), change) }));
    const entries = await writeFlags(work, scope, mailboxId, wanted);
    return {
      modseq: account.modseq,
      entries,
      previous: allowed.map((entry) => entry.modseq),
      refused: refused.map((entry) => entry.uid),
    };
  });
}

function applied(entry: Entry, change: FlagChange): { flags: number; keywords: readonly string[] } {
  if (change.mode === 'replace') return { flags: change.flags, keywords: change.keywords };
  if (change.mode === 'add')
    return { flags: entry.flags | change.flags, keywords: addKeywords(entry.keywords, change.keywords) };
  return { flags: entry.flags & ~change.flags, keywords: removeKeywords(entry.keywords, change.keywords) };
}

/** Puts back what the change may not touch. */
function limited(
  entry: Entry,
  after: { flags: number; keywords: readonly string[] },
  { only }: FlagChange,
): { flags: number; keywords: readonly string[] } {
  if (!only) return after;
  return {
    flags: (after.flags & only.flags) | (entry.flags & ~only.flags),
    keywords: only.keywords ? after.keywords : entry.keywords,
  };
}

/** Keywords differ without regard to case (RFC 9051 §2.3.2); the first spelling stays. */
export function addKeywords(have: readonly string[], add: readonly string[]): readonly string[] {
  const known = new Set(have.map((keyword) => keyword.toLowerCase()));
  const fresh = add.filter((keyword) => !known.has(keyword.toLowerCase()));
  return fresh.length === 0 ? have : [...have, ...fresh];
}

export function removeKeywords(have: readonly string[], remove: readonly string[]): readonly string[] {
  if (have.length === 0 || remove.length === 0) return have;
  const gone = new Set(remove.map((keyword) => keyword.toLowerCase()));
  return have.filter((keyword) => !gone.has(keyword.toLowerCase()));
}

function sameKeywords(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((keyword, index) => keyword === b[index]));
}

/** Writes what really changes, with counts and the reader's own marks; returns every entry with its new state. */
export async function writeFlags(
  work: Work,
  scope: Scope,
  mailboxId: number,
  wanted: readonly { entry: Entry; flags: number; keywords: readonly string[] }[],
): Promise<Entry[]> {
  const changed = wanted.filter(
    ({ entry, flags, keywords }) => entry.flags !== flags || !sameKeywords(entry.keywords, keywords),
  );
  if (changed.length > 0) {
    await updateFlags(
      work.tx,
      work.account,
      mailboxId,
      changed.map(({ entry, flags, keywords }) => ({ uid: entry.uid, flags, keywords })),
    );
    const counts = countChange(work, mailboxId);
    const seen: number[] = [];
    const unseen: number[] = [];
    for (const { entry, flags } of changed) {
      counts.deleted += bit(flags, FLAG.deleted) - bit(entry.flags, FLAG.deleted);
      const difference = bit(flags, FLAG.seen) - bit(entry.flags, FLAG.seen);
      if (!work.account.shared) counts.unseen -= difference;
      if (difference > 0) seen.push(entry.uid);
      if (difference < 0) unseen.push(entry.uid);
      work.emailUpdated.add(entry.messageId);
    }
    if (work.account.shared && seen.length + unseen.length > 0)
      await updateSeen(work.tx, scope, mailboxId, seen, unseen);
  }
  const touched = new Set(changed.map(({ entry }) => entry));
  return wanted.map(({ entry, flags, keywords }) =>
    touched.has(entry) ? { ...entry, flags, keywords, modseq: work.account.modseq } : entry,
  );
}

function bit(flags: number, flag: number): number {
  return flags & flag ? 1 : 0;
}
