import type { Db } from '../../kit/db/index.ts';
import type { Mailbox, Scope, Store } from '../store/index.ts';
import { flagNames } from './flags.ts';
import { type UidList, uidList } from './uid-list.ts';
import { createView, type MailboxDelta } from './view.ts';

/** A mailbox at one modseq. */
export interface OpenedMailbox {
  mailbox: Mailbox;
  uids: UidList;
}

/** What has happened since a modseq; `undefined` when the mailbox is gone. */
export type ReadDelta = (MailboxDelta & { keywords: readonly string[] }) | undefined;

/**
 * Reads mailboxes for all sessions of the process. UID lists are kept and brought up to date by what has changed, so
 * selecting a mailbox of 100,000 loads no rows; sessions that look for the same change share one look.
 */
export interface MailboxReader {
  open(scope: Scope, mailboxId: number): Promise<OpenedMailbox | undefined>;
  /** `fresh` makes sure that the database is looked at after this call. */
  delta(scope: Scope, mailboxId: number, since: number, known: UidList, fresh: boolean): Promise<ReadDelta>;
  /** The mailbox may have changed: looks that have begun before do not count any more. */
  changed(mailboxId: number): void;
}

/** Mailboxes whose UIDs are kept; one that is not costs a read of all its UIDs when it is next selected. */
const MAX_KEPT = 5_000;
/** A list of more runs than this is not kept: it would be nearly as long as the mailbox. */
const MAX_RUNS_KEPT = 50_000;
/** Catching up over more changes than this is dearer than reading all UIDs. */
const MAX_CHANGES = 20_000;

export function createMailboxReader({ db, store }: { db: Db; store: Store }): MailboxReader {
  const kept = new Map<number, { modseq: number; uidValidity: number; uids: UidList }>();
  const looks = new Map<number, Map<string, Promise<ReadDelta>>>();

  function keep(mailbox: Mailbox, modseq: number, uids: UidList): void {
    kept.delete(mailbox.id);
    if (uids.runs > MAX_RUNS_KEPT) return;
    kept.set(mailbox.id, { modseq, uidValidity: mailbox.uidValidity, uids });
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  }

  async function read(scope: Scope, mailboxId: number, since: number, known: UidList): Promise<ReadDelta> {
    const now = await store.mailbox(db, scope, mailboxId);
    if (!now) return undefined;
    if (now.highestModseq === since) return { modseq: since, changed: [], vanished: [], keywords: [] };
    const entries = await store.entries(db, scope, mailboxId, { changedSince: since });
    // Read after the entries: what was expunged in between is then known to be gone.
    const vanished = await store.vanished(db, scope, mailboxId, since);
    return {
      modseq: entries.reduce((highest, entry) => Math.max(highest, entry.modseq), now.highestModseq),
      changed: entries.map((entry) => ({ uid: entry.uid, modseq: entry.modseq, flags: flagNames(entry) })),
      vanished: vanished ?? (await missing(scope, mailboxId, known)),
      keywords: [...new Set(entries.flatMap((entry) => entry.keywords))],
    };
  }

  /** The tombstones have been swept while a session slept: what is not there any more is gone. */
  async function missing(scope: Scope, mailboxId: number, known: UidList): Promise<number[]> {
    const now = await store.select(db, scope, mailboxId);
    const alive = new Set(now?.uids ?? []);
    return [...known].filter((uid) => !alive.has(uid));
  }

  async function openKept(scope: Scope, mailbox: Mailbox): Promise<OpenedMailbox | undefined> {
    const found = kept.get(mailbox.id);
    if (!found || found.uidValidity !== mailbox.uidValidity || found.modseq > mailbox.highestModseq)
      return undefined;
    if (found.modseq === mailbox.highestModseq) return { mailbox, uids: found.uids };
    const entries = await store.entries(db, scope, mailbox.id, {
      changedSince: found.modseq,
      limit: MAX_CHANGES + 1,
    });
    const vanished = await store.vanished(db, scope, mailbox.id, found.modseq);
    if (entries.length > MAX_CHANGES || !vanished) return undefined;
    const view = createView(found.uids, found.modseq);
    const modseq = entries.reduce((highest, entry) => Math.max(highest, entry.modseq), mailbox.highestModseq);
    const changed = entries.map((entry) => ({ uid: entry.uid, modseq: entry.modseq, flags: [] }));
    view.absorb({ modseq, changed, vanished });
    view.announce({ expunge: true, condstore: false, qresync: true, uidOnly: false });
    keep(mailbox, modseq, view.uids);
    // What came after the mailbox row was read is in the list, so the row must not promise its UIDs again.
    const uidNext = Math.max(mailbox.uidNext, view.uids.last() + 1);
    return { mailbox: { ...mailbox, uidNext, highestModseq: modseq }, uids: view.uids };
  }

  return {
    async open(scope, mailboxId) {
      const mailbox = await store.mailbox(db, scope, mailboxId);
      if (!mailbox) return undefined;
      const quick = await openKept(scope, mailbox);
      if (quick) return quick;
      const found = await store.select(db, scope, mailboxId);
      if (!found) return undefined;
      const uids = uidList(found.uids);
      keep(found.mailbox, found.mailbox.highestModseq, uids);
      return { mailbox: found.mailbox, uids };
    },
    delta(scope, mailboxId, since, known, fresh) {
      const running = looks.get(mailboxId) ?? new Map<string, Promise<ReadDelta>>();
      looks.set(mailboxId, running);
      const key = `${scope.readerId}:${since}`;
      const shared = fresh ? undefined : running.get(key);
      if (shared) return shared;
      const look = read(scope, mailboxId, since, known);
      running.set(key, look);
      const forget = () => {
        // Kept for those who are woken by the same signal a moment later.
        setTimeout(() => {
          if (running.get(key) === look) running.delete(key);
          if (running.size === 0 && looks.get(mailboxId) === running) looks.delete(mailboxId);
        }, SHARE_MS).unref();
      };
      look.then(forget, () => running.delete(key));
      return look;
    },
    changed(mailboxId) {
      looks.get(mailboxId)?.clear();
    },
  };
}

/** How long a finished look serves others; any signal ends it at once. */
const SHARE_MS = 250;
