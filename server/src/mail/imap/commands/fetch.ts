import {
  type FetchArguments,
  formatSet,
  ImapSyntaxError,
  readFetchArguments,
  resolveSet,
  type Scanner,
  type SequenceSet,
} from '../../protocol/imap/index.ts';
import { type Entry, FLAG, type Message } from '../../store/index.ts';
import { asRanges, named, readSet, selectedOf } from '../arguments.ts';
import { type Command, defineCommand, ok, type Reply } from '../command.ts';
import { createPlan, type Plan, writeEntry } from '../fetch-writer.ts';
import { LIMITS } from '../limits.ts';
import { vanishedSince } from '../qresync.ts';
import type { Selected } from '../selected.ts';
import type { Session } from '../session.ts';

interface Arguments extends FetchArguments {
  set: SequenceSet;
}

/** FETCH and UID FETCH (RFC 3501 §6.4.5), with CHANGEDSINCE and VANISHED (RFC 7162 §3.1.4, §3.2.6). */
function fetchCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID FETCH' : 'FETCH',
    when: 'selected',
    updates: byUid ? 'yes' : 'noExpunge',
    parse(scanner: Scanner, session: Session): Arguments {
      const set = readSet(scanner);
      scanner.space();
      const args = readFetchArguments(scanner);
      if (args.vanished && !(byUid && args.changedSince !== undefined && session.enabled.has('QRESYNC'))) {
        throw new ImapSyntaxError('VANISHED needs UID FETCH, CHANGEDSINCE and QRESYNC');
      }
      return { set, ...args };
    },
    run: (session, args) => run(session, args, byUid),
  });
}

async function run(session: Session, args: Arguments, byUid: boolean): Promise<Reply> {
  const selected = selectedOf(session);
  const plan = createPlan(args, byUid, session.enabled);
  if (plan.modseq) session.enabled.add('CONDSTORE');
  const { uids, someGone } = named(selected, args.set, byUid);
  if (args.vanished && args.changedSince !== undefined) {
    const ranges = resolveSet(args.set, Math.max(selected.mailbox.uidNext - 1, selected.view.uids.last()));
    const vanished = (await vanishedSince(session, selected, args.changedSince, ranges)).filter(
      // What this session still counts is told by the sync before the answer.
      (uid) => selected.view.uids.sequenceOf(uid) === 0,
    );
    if (vanished.length > 0) session.output.line(`* VANISHED (EARLIER) ${formatSet(vanished)}`);
  }
  let told = 0;
  const batch = plan.light ? LIMITS.lightFetchBatch : LIMITS.fetchBatch;
  for (let at = 0; at < uids.length; at += batch) {
    told += await fetchBatch(session, selected, plan, uids.slice(at, at + batch), args.changedSince);
  }
  const lost = args.changedSince === undefined && told < uids.length;
  return ok('Fetch completed', someGone || lost ? 'EXPUNGEISSUED' : undefined);
}

/** Answers some messages; returns how many were still there. */
async function fetchBatch(
  session: Session,
  selected: Selected,
  plan: Plan,
  uids: readonly number[],
  changedSince: number | undefined,
): Promise<number> {
  const { store, db } = session.deps;
  const ranges = asRanges(uids);
  let entries = await store.entries(db, selected.scope, selected.mailbox.id, { uids: ranges, changedSince });
  const nowSeen =
    plan.setsSeen && !selected.readOnly
      ? await markSeen(session, selected, entries)
      : new Map<number, Entry>();
  entries = entries.map((entry) => nowSeen.get(entry.uid) ?? entry);
  const ids = entries.map((entry) => entry.messageId);
  const messages = plan.message
    ? await store.messages(db, selected.scope.accountId, ids)
    : new Map<number, Message>();
  const headers = plan.header
    ? await store.headers(db, selected.scope.accountId, ids)
    : new Map<number, Buffer>();
  for (const entry of entries) {
    const sequence = selected.view.uids.sequenceOf(entry.uid);
    if (sequence === 0) continue;
    const found = { message: messages.get(entry.messageId), header: headers.get(entry.messageId) };
    await writeEntry(session, selected, plan, sequence, entry, { ...found, seenNow: nowSeen.has(entry.uid) });
    await session.output.spill();
  }
  return entries.length;
}

/** Sets \Seen where it is missing, for the whole batch at once; gives the entries that changed. */
async function markSeen(
  session: Session,
  selected: Selected,
  entries: readonly Entry[],
): Promise<Map<number, Entry>> {
  const unseen = entries.filter((entry) => (entry.flags & FLAG.seen) === 0).map((entry) => entry.uid);
  if (unseen.length === 0) return new Map();
  const { store, db } = session.deps;
  const result = await store.setFlags(db, selected.scope, selected.mailbox.id, {
    uids: asRanges(unseen),
    mode: 'add',
    flags: FLAG.seen,
    keywords: [],
  });
  selected.view.own(result.modseq);
  return new Map(result.entries.map((entry) => [entry.uid, entry]));
}

export const fetch = fetchCommand(false);
export const uidFetch = fetchCommand(true);
