import {
  decodeMailboxName,
  encodeMailboxName,
  exceeds,
  formatMailbox,
  ImapSyntaxError,
  type MessageSet,
  readMessageSet,
  resolveSet,
  type Scanner,
  type SetRange,
} from '../protocol/imap/index.ts';
import type { UidRange } from '../store/index.ts';
import { Refusal } from './command.ts';
import { hasRights } from './rights.ts';
import type { Selected } from './selected.ts';
import type { Session } from './session.ts';

/** Do names go over the wire as UTF-8 (RFC 6855 §3, RFC 9051 §5.1)? */
export function utf8Names({ enabled }: Pick<Session, 'enabled'>): boolean {
  return enabled.has('IMAP4REV2') || enabled.has('UTF8=ACCEPT');
}

/** Reads ` mailbox`. */
export function readMailbox(scanner: Scanner, session: Session): string {
  scanner.space();
  return decodeMailboxName(scanner.astring(), utf8Names(session));
}

/** A mailbox name as the session's client understands it. */
export function writeMailbox(session: Session, name: string): string {
  return formatMailbox(encodeMailboxName(name, utf8Names(session)));
}

/** Reads ` sequence-set` or ` $`. */
export function readSet(scanner: Scanner): MessageSet {
  scanner.space();
  return readMessageSet(scanner);
}

export function selectedOf(session: Session): Selected {
  if (!session.selected) throw new ImapSyntaxError('No mailbox selected');
  return session.selected;
}

/** As selectedOf, for commands that change messages and need one of the rights `anyOf`. */
export function writableOf(session: Session, anyOf: string): Selected {
  const selected = selectedOf(session);
  if (selected.readOnly) throw new Refusal('Mailbox is open read-only', 'READ-ONLY');
  if (![...anyOf].some((letter) => hasRights(selected.rights, letter)))
    throw new Refusal('You have no right to do this here', 'NOPERM');
  return selected;
}

/** After ENABLE UIDONLY a command that counts messages is BAD (RFC 9586 §3.1). */
export function refuseNumbers(session: Session): void {
  if (session.enabled.has('UIDONLY'))
    throw new ImapSyntaxError('Message numbers are not used after ENABLE UIDONLY', { code: 'UIDREQUIRED' });
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
export function named(session: Session, selected: Selected, set: MessageSet, byUid: boolean): Named {
  const { view } = selected;
  if (!byUid) refuseNumbers(session);
  if (set !== 'saved' && !byUid && exceeds(set, view.uids.length))
    throw new ImapSyntaxError('Invalid message sequence number');
  const all =
    set === 'saved'
      ? selected.saved.filter((uid) => view.uids.sequenceOf(uid) > 0)
      : byUid
        ? view.uids.within(resolveSet(set, view.uids.last()))
        : view.uids.atSequences(resolveSet(set, view.uids.length));
  const uids = all.filter((uid) => !view.isGone(uid));
  return { uids, someGone: uids.length < all.length };
}

/** Ascending UIDs as ranges for the store: runs of the mailbox's own list, so holes cost nothing. */
export function asRanges(uids: Iterable<number>): UidRange[] {
  const ranges: UidRange[] = [];
  let last: UidRange | undefined;
  for (const uid of uids) {
    if (last && uid === last.to + 1) last.to = uid;
    else {
      last = { from: uid, to: uid };
      ranges.push(last);
    }
  }
  return ranges;
}

export function toUidRanges(ranges: readonly SetRange[]): UidRange[] {
  return ranges.map(({ low, high }) => ({ from: low, to: high }));
}
