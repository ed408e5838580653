import {
  type FetchArguments,
  formatSet,
  ImapSyntaxError,
  type MessageSet,
  readFetchArguments,
  resolveSet,
  type Scanner,
  takePartial,
} from '../../protocol/imap/index.ts';
import { type Entry, type FetchColumns, FLAG, type Message, type OpenMessage } from '../../store/index.ts';
import { asRanges, named, readSet, refuseNumbers, selectedOf } from '../arguments.ts';
import { type Command, defineCommand, no, ok, type Reply } from '../command.ts';
import { createPlan, type Plan, writeEntry, writeRow, writeWhole } from '../fetch-writer.ts';
import { LIMITS } from '../limits.ts';
import { vanishedSince } from '../qresync.ts';
import { hasRights } from '../rights.ts';
import type { Selected } from '../selected.ts';
import type { Session } from '../session.ts';

interface Arguments extends FetchArguments {
  set: MessageSet;
}

/** FETCH and UID FETCH (RFC 3501 §6.4.5), with CHANGEDSINCE and VANISHED (RFC 7162 §3.1.4, §3.2.6). */
function fetchCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID FETCH' : 'FETCH',
    when: 'selected',
    updates: byUid ? 'yes' : 'noExpunge',
    parse(scanner: Scanner, session: Session): Arguments {
      if (!byUid) refuseNumbers(session);
      const set = readSet(scanner);
      scanner.space();
      const args = readFetchArguments(scanner);
      if (args.vanished && !(byUid && args.changedSince !== undefined && session.enabled.has('QRESYNC'))) {
        throw new ImapSyntaxError('VANISHED needs UID FETCH, CHANGEDSINCE and QRESYNC');
      }
      // RFC 9394 §3.3: PARTIAL is of UID FETCH.
      if (args.partial && !byUid) throw new ImapSyntaxError('PARTIAL needs UID FETCH');
      return { set, ...args };
    },
    run: (session, args) => run(session, args, byUid),
  });
}

async function run(session: Session, args: Arguments, byUid: boolean): Promise<Reply> {
  const selected = selectedOf(session);
  const plan = createPlan(args, byUid, session.enabled);
  if (plan.modseq) session.enabled.add('CONDSTORE');
  const { uids: all, someGone } = named(session, selected, args.set, byUid);
  const uids = args.partial ? takePartial(all, args.partial) : all;
  if (args.vanished && args.changedSince !== undefined) {
    const last = Math.max(selected.mailbox.uidNext - 1, selected.view.uids.last());
    const ranges =
      args.set === 'saved'
        ? selected.saved.map((uid) => ({ low: uid, high: uid }))
        : resolveSet(args.set, last);
    const vanished = (await vanishedSince(session, selected, args.changedSince, ranges)).filter(
      // What this session still counts is told by the sync before the answer.
      (uid) => selected.view.uids.sequenceOf(uid) === 0,
    );
    if (vanished.length > 0) session.output.line(`* VANISHED (EARLIER) ${formatSet(vanished)}`);
  }
  const told = await tellAll(session, selected, plan, uids, args.changedSince);
  const lost = args.changedSince === undefined && told < uids.length;
  if (plan.problems.unknownEncoding) return no('A transfer encoding is not known', 'UNKNOWN-CTE');
  return ok('Fetch completed', someGone || lost ? 'EXPUNGEISSUED' : undefined);
}

/** Fetches items of messages that the client has not asked about: MessageNew of NOTIFY (RFC 5465 §5.2). */
export async function fetchNew(
  session: Session,
  selected: Selected,
  items: FetchArguments['items'],
  uids: readonly number[],
): Promise<void> {
  const args = { items, changedSince: undefined, vanished: false, partial: undefined };
  await tellAll(session, selected, createPlan(args, true, session.enabled), uids, undefined);
}

/** Answers batch by batch; returns how many messages were still there. */
function tellAll(
  session: Session,
  selected: Selected,
  plan: Plan,
  uids: readonly number[],
  changedSince: number | undefined,
): Promise<number> {
  const { store, db } = session.deps;
  const { columns } = plan;
  if (plan.whole && !(plan.setsSeen && !selected.readOnly))
    return tellWhole(session, selected, plan, uids, changedSince);
  if (!columns) {
    const size = plan.open ? LIMITS.bodyBatch : LIMITS.fetchBatch;
    const read = (some: readonly number[]) => readBatch(session, selected, plan, some, changedSince);
    // Marking as \Seen waits until the batch before has gone out: the client may go away any time.
    return inBatches(uids, size, !plan.setsSeen, read, (batch) => tellBatch(session, selected, plan, batch));
  }
  const size =
    columns.envelope || columns.structure || columns.preview ? LIMITS.storedBatch : LIMITS.flagBatch;
  const wanted = changedSince === undefined ? columns : { ...columns, changedSince };
  return inBatches(
    uids,
    size,
    true,
    (some) => store.fetchRows(db, selected.scope, selected.mailbox.id, asRanges(some), wanted),
    async (rows) => {
      for (const row of rows) {
        const sequence = selected.view.uids.sequenceOf(row.uid);
        if (sequence > 0) writeRow(session, plan, sequence, row);
        if (session.output.isFull()) await session.output.spill();
      }
      return rows.length;
    },
  );
}

const DETAILS: FetchColumns = { details: true, envelope: false, structure: false, preview: false };

/** Whole messages: what synchronising clients fetch most. */
function tellWhole(
  session: Session,
  selected: Selected,
  plan: Plan,
  uids: readonly number[],
  changedSince: number | undefined,
): Promise<number> {
  const { store, db } = session.deps;
  const { scope, mailbox, view } = selected;
  const wanted = changedSince === undefined ? DETAILS : { ...DETAILS, changedSince };
  return inBatches(
    uids,
    LIMITS.bodyBatch,
    true,
    async (some) => {
      const rows = await store.fetchRows(db, scope, mailbox.id, asRanges(some), wanted);
      const ids = rows.map(({ messageId = 0 }) => messageId);
      return { rows, bodies: await store.wholeMessages(db, scope.accountId, ids) };
    },
    async ({ rows, bodies }) => {
      for (const row of rows) {
        const sequence = view.uids.sequenceOf(row.uid);
        const whole = bodies.get(row.messageId ?? 0);
        if (sequence > 0 && whole) await writeWhole(session, plan, sequence, row, whole);
        if (session.output.isFull()) await session.output.spill();
      }
      return rows.length;
    },
  );
}

/** Reads the next batch while one is written; adds up what `tell` gives. */
async function inBatches<T>(
  uids: readonly number[],
  size: number,
  readAhead: boolean,
  read: (uids: readonly number[]) => Promise<T>,
  tell: (batch: T) => Promise<number>,
): Promise<number> {
  let told = 0;
  let ahead: Promise<T> | undefined;
  for (let at = 0; at < uids.length; at += size) {
    const batch = await (ahead ?? read(uids.slice(at, at + size)));
    ahead = readAhead && at + size < uids.length ? read(uids.slice(at + size, at + 2 * size)) : undefined;
    // Its failure is met when it is awaited; until then it must not count as unheard.
    ahead?.catch(() => undefined);
    told += await tell(batch);
  }
  return told;
}

/** What was read for one batch of messages of which sections are wanted. */
interface Batch {
  entries: readonly Entry[];
  seenNow: ReadonlySet<number>;
  messages: ReadonlyMap<number, Message>;
  headers: ReadonlyMap<number, Buffer>;
  opened: ReadonlyMap<number, OpenMessage>;
}

async function tellBatch(session: Session, selected: Selected, plan: Plan, batch: Batch): Promise<number> {
  for (const entry of batch.entries) {
    const sequence = selected.view.uids.sequenceOf(entry.uid);
    if (sequence === 0) continue;
    await writeEntry(session, selected, plan, sequence, entry, {
      message: batch.opened.get(entry.messageId) ?? batch.messages.get(entry.messageId),
      header: batch.headers.get(entry.messageId),
      opened: batch.opened.get(entry.messageId),
      seenNow: batch.seenNow.has(entry.uid),
    });
    if (session.output.isFull()) await session.output.spill();
  }
  return batch.entries.length;
}

const NOTHING = new Map<number, never>();

async function readBatch(
  session: Session,
  selected: Selected,
  plan: Plan,
  uids: readonly number[],
  changedSince: number | undefined,
): Promise<Batch> {
  const { store, db } = session.deps;
  const { scope, mailbox } = selected;
  const found = await store.entries(db, scope, mailbox.id, { uids: asRanges(uids), changedSince });
  const mark = plan.setsSeen && !selected.readOnly && hasRights(selected.rights, 's');
  const seen = mark ? await markSeen(session, selected, found) : new Map<number, Entry>();
  const entries = found.map((entry) => seen.get(entry.uid) ?? entry);
  const ids = entries.map((entry) => entry.messageId);
  return {
    entries,
    seenNow: new Set(seen.keys()),
    messages: plan.open ? NOTHING : await store.messages(db, scope.accountId, ids),
    headers: plan.header ? await store.headers(db, scope.accountId, ids) : NOTHING,
    opened: plan.open ? await store.openMany(db, scope.accountId, ids) : NOTHING,
  };
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
