import {
  formatSet,
  ImapSyntaxError,
  parseSequenceSet,
  resolveSet,
  type Scanner,
  type SequenceSet,
} from '../protocol/imap/index.ts';
import { toUidRanges } from './arguments.ts';
import { flagNames } from './flags.ts';
import type { Selected } from './selected.ts';
import type { Session } from './session.ts';
import { flagsLine } from './view.ts';

/** `QRESYNC (uidvalidity modseq [known-uids [(seqs uids)]])` (RFC 7162 §3.2.5). */
export interface QresyncArguments {
  uidValidity: number;
  modseq: number;
  knownUids: SequenceSet | undefined;
}

/** Reads the optional parameters of SELECT and EXAMINE. */
export function readSelectParameters(
  scanner: Scanner,
  session: Session,
): { condstore: boolean; qresync: QresyncArguments | undefined } {
  let condstore = false;
  let qresync: QresyncArguments | undefined;
  if (scanner.accept(' ')) {
    scanner.list(() => {
      const name = scanner.keyword();
      if (name === 'CONDSTORE') condstore = true;
      else if (name === 'QRESYNC') {
        if (!session.enabled.has('QRESYNC')) throw new ImapSyntaxError('QRESYNC is not enabled');
        scanner.space();
        qresync = readQresync(scanner);
      } else throw new ImapSyntaxError(`Unknown parameter ${name}`);
    }, 5);
  }
  return { condstore, qresync };
}

function readQresync(scanner: Scanner): QresyncArguments {
  scanner.expect('(');
  const uidValidity = scanner.number();
  scanner.space();
  const modseq = scanner.number(Number.MAX_SAFE_INTEGER);
  let knownUids: SequenceSet | undefined;
  if (scanner.accept(' ')) {
    if (scanner.peek() !== '(') {
      knownUids = parseSequenceSet(scanner.sequenceText());
      if (scanner.accept(' ')) skipSequenceMatch(scanner);
    } else skipSequenceMatch(scanner);
  }
  scanner.expect(')');
  return { uidValidity, modseq, knownUids };
}

/** Our tombstones say exactly what went, so the client's pairs of sequence numbers and UIDs need not narrow it. */
function skipSequenceMatch(scanner: Scanner): void {
  scanner.expect('(');
  parseSequenceSet(scanner.sequenceText());
  scanner.space();
  parseSequenceSet(scanner.sequenceText());
  scanner.expect(')');
}

/** Tells what vanished and what changed since the client last looked. */
export async function resynchronise(
  session: Session,
  selected: Selected,
  args: QresyncArguments,
): Promise<void> {
  const { mailbox, view, scope } = selected;
  const { store, db } = session.deps;
  if (args.uidValidity !== mailbox.uidValidity || args.modseq >= mailbox.highestModseq) return;
  const known = args.knownUids && resolveSet(args.knownUids, Math.max(mailbox.uidNext - 1, 1));
  const vanished = await vanishedSince(session, selected, args.modseq, known);
  if (vanished.length > 0) session.output.line(`* VANISHED (EARLIER) ${formatSet(vanished)}`);
  const changed = await store.entries(db, scope, mailbox.id, {
    uids: known && toUidRanges(known),
    changedSince: args.modseq,
  });
  for (const entry of changed) {
    const sequence = view.uids.sequenceOf(entry.uid);
    if (sequence === 0) continue;
    session.output.line(
      flagsLine(
        sequence,
        { uid: entry.uid, modseq: entry.modseq, flags: flagNames(entry) },
        { condstore: true, uidOnly: session.enabled.has('UIDONLY') },
      ),
    );
    await session.output.spill();
  }
}

/** UIDs expunged after `modseq`, those named only; without tombstones that old, every UID that is not there. */
export async function vanishedSince(
  session: Session,
  selected: Selected,
  modseq: number,
  ranges: ReturnType<typeof resolveSet> | undefined,
): Promise<number[]> {
  const { mailbox, scope, view } = selected;
  const { store, db } = session.deps;
  const found = await store.vanished(db, scope, mailbox.id, modseq, ranges && toUidRanges(ranges));
  if (found) return found;
  const missing: number[] = [];
  for (const range of ranges ?? [{ low: 1, high: mailbox.uidNext - 1 }]) {
    for (let uid = range.low; uid <= Math.min(range.high, mailbox.uidNext - 1); uid++) {
      if (view.uids.sequenceOf(uid) === 0) missing.push(uid);
    }
  }
  return missing;
}
