import type { Clock } from '../../kit/clock/index.ts';
import { type Queryable, type Tx, transaction } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import { insertChange, type LockedAccount, lockAccounts, signalChange } from './account.store.ts';
import { type CountChange, deleteEntries, findRemaining, updateCounts } from './entry.store.ts';
import { type Entry, FLAG, StoreError } from './types.ts';

export interface StoreParts {
  clock: Clock;
  signals: Signals;
}

/** One account's changes under one modseq: collects what is touched, settles counts, log and signal at the end. */
export interface Work {
  tx: Tx;
  account: LockedAccount;
  now: Date;
  emailCreated: Set<number>;
  emailUpdated: Set<number>;
  threadUpdated: Set<number>;
  mailboxCreated: Set<number>;
  mailboxUpdated: Set<number>;
  mailboxDestroyed: Set<number>;
  counts: Map<number, CountChange>;
  removed: Entry[];
}

export async function inWork<T>(
  parts: StoreParts,
  db: Queryable,
  accountIds: readonly number[],
  act: (works: Map<number, Work>) => Promise<T>,
): Promise<T> {
  return transaction(db, async (tx) => {
    const now = parts.clock.now();
    const accounts = await lockAccounts(tx, accountIds);
    const works = new Map<number, Work>();
    for (const id of accountIds) {
      const account = accounts.get(id);
      if (!account) throw new StoreError('nonexistent', 'no such account');
      if (!works.has(id)) works.set(id, newWork(tx, account, now));
    }
    const result = await act(works);
    for (const work of works.values()) await settle(parts, work);
    return result;
  });
}

/** The same for a single account. */
export async function inOneWork<T>(
  parts: StoreParts,
  db: Queryable,
  accountId: number,
  act: (work: Work) => Promise<T>,
): Promise<T> {
  return inWork(parts, db, [accountId], async (works) => act(workOf(works, accountId)));
}

export function workOf(works: Map<number, Work>, accountId: number): Work {
  const work = works.get(accountId);
  if (!work) throw new StoreError('nonexistent', 'no such account');
  return work;
}

function newWork(tx: Tx, account: LockedAccount, now: Date): Work {
  return {
    tx,
    account,
    now,
    emailCreated: new Set(),
    emailUpdated: new Set(),
    threadUpdated: new Set(),
    mailboxCreated: new Set(),
    mailboxUpdated: new Set(),
    mailboxDestroyed: new Set(),
    counts: new Map(),
    removed: [],
  };
}

export function countChange(work: Work, mailboxId: number): CountChange {
  const known = work.counts.get(mailboxId);
  if (known) return known;
  const fresh = { mailboxId, uids: 0, total: 0, unseen: 0, deleted: 0, size: 0 };
  work.counts.set(mailboxId, fresh);
  return fresh;
}

/** Takes entries out of a mailbox: tombstones, counts, readers' marks. */
export async function removeEntries(work: Work, mailboxId: number, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await deleteEntries(
    work.tx,
    work.account,
    mailboxId,
    entries.map((entry) => entry.uid),
    work.now,
  );
  const counts = countChange(work, mailboxId);
  for (const entry of entries) {
    counts.total--;
    counts.size -= entry.size;
    if (!(entry.flags & FLAG.seen)) counts.unseen--;
    if (entry.flags & FLAG.deleted) counts.deleted--;
    work.removed.push(entry);
  }
}

async function settle(parts: StoreParts, work: Work): Promise<void> {
  const { tx, account } = work;
  const counts = [...work.counts.values()].filter((change) => !work.mailboxDestroyed.has(change.mailboxId));
  if (counts.length > 0) {
    await updateCounts(
      tx,
      counts.map((change) => ({ ...change, accountId: account.accountId, modseq: account.modseq })),
    );
  }
  const removed = new Set(work.removed.map((entry) => entry.messageId));
  const threads = new Set(work.removed.map((entry) => entry.threadId));
  const remaining =
    removed.size > 0
      ? await findRemaining(tx, account.accountId, [...removed], [...threads])
      : { messages: new Set<number>(), threads: new Set<number>() };
  const destroyed = [...removed].filter((id) => !remaining.messages.has(id));
  const gone = new Set(destroyed);
  const touched = [
    ...work.counts.keys(),
    ...work.mailboxCreated,
    ...work.mailboxUpdated,
    ...work.mailboxDestroyed,
  ];
  const nothing = touched.length === 0 && work.emailUpdated.size === 0 && removed.size === 0;
  if (nothing) return;
  await insertChange(
    tx,
    account,
    {
      emailCreated: work.emailCreated,
      emailUpdated: [...work.emailUpdated, ...remaining.messages].filter(
        (id) => !gone.has(id) && !work.emailCreated.has(id),
      ),
      emailDestroyed: destroyed,
      threadCreated: [...work.emailCreated].filter((id) => work.threadUpdated.has(id)),
      threadUpdated: [...work.threadUpdated, ...remaining.threads].filter(
        (id) => !work.emailCreated.has(id) && (!threads.has(id) || remaining.threads.has(id)),
      ),
      threadDestroyed: [...threads].filter((id) => !remaining.threads.has(id)),
      mailboxCreated: work.mailboxCreated,
      mailboxUpdated: [...work.mailboxUpdated].filter(
        (id) => !work.mailboxCreated.has(id) && !work.mailboxDestroyed.has(id),
      ),
      mailboxCounts: counts.map((change) => change.mailboxId),
      mailboxDestroyed: work.mailboxDestroyed,
    },
    work.now,
  );
  signalChange(tx, parts.signals, account, touched);
}
