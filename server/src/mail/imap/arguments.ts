import {
  decodeMailboxName,
  encodeMailboxName,
  exceeds,
  formatMailbox,
  ImapSyntaxError,
  parseSequenceSet,
  resolveSet,
  type Scanner,
  type SequenceSet,
  type SetRange,
} from '../protocol/imap/index.ts';
import type { UidRange } from '../store/index.ts';
import { Refusal } from './command.ts';
import type { Selected } from './selected.ts';
import type { Session } from './session.ts';

/** Reads ` mailbox`. */
export function readMailbox(scanner: Scanner): string {
  scanner.space();
  return decodeMailboxName(scanner.astring(), false);
}

/** A mailbox name as the session's client understands it. */
export function writeMailbox(name: string): string {
  return formatMailbox(encodeMailboxName(name, false));
}

/** Reads ` sequence-set `, the space behind included. */
export function readSet(scanner: Scanner): SequenceSet {
  scanner.space();
  const set = parseSequenceSet(scanner.sequenceText());
  return set;
}

export function selectedOf(session: Session): Selected {
  if (!session.selected) throw new ImapSyntaxError('No mailbox selected');
  return session.selected;
}

/** As selectedOf, for commands that change messages. */
export function writableOf(session: Session): Selected {
  const selected = selectedOf(session);
  if (selected.readOnly) throw new Refusal('Mailbox is open read-only', 'READ-ONLY');
  return selected;
}

/** What a message set names in the session's view. */
export interface Named {
  /** UIDs ascending, without messages known to be gone. */
  uids: number[];
  /** True when the set named messages that others have expunged already. */
  someGone: boolean;
}

/**
 * Turns a set of sequence numbers or UIDs into UIDs of the view. A sequence number above EXISTS is BAD
 * (RFC 9051 §9, seq-number); a UID that is not there is simply not named (RFC 3501 §6.4.8).
 */
export function named(selected: Selected, set: SequenceSet, byUid: boolean): Named {
  const { view } = selected;
  if (!byUid && exceeds(set, view.uids.length)) throw new ImapSyntaxError('Invalid message sequence number');
  const all = byUid
    ? view.uids.within(resolveSet(set, view.uids.last()))
    : view.uids.atSequences(resolveSet(set, view.uids.length));
  const uids = all.filter((uid) => !view.isGone(uid));
  return { uids, someGone: uids.length < all.length };
}

/** Ascending UIDs as ranges for the store: runs of the mailbox's own list, so holes cost nothing. */
export function asRanges(uids: readonly number[]): UidRange[] {
  const ranges: UidRange[] = [];
  for (const uid of uids) {
    const last = ranges.at(-1);
    if (last && uid === last.to + 1) last.to = uid;
    else ranges.push({ from: uid, to: uid });
  }
  return ranges;
}

export function toUidRanges(ranges: readonly SetRange[]): UidRange[] {
  return ranges.map(({ low, high }) => ({ from: low, to: high }));
}
