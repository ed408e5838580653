import { formatSet } from '../protocol/imap/index.ts';
import type { UidList } from './uid-list.ts';

/** Flags of one message as they are in the database. */
export interface EntryState {
  uid: number;
  modseq: number;
  /** System flags and keywords as FETCH FLAGS names them. */
  flags: readonly string[];
}

/** What has happened to a mailbox after a modseq. */
export interface MailboxDelta {
  /** The mailbox's modseq as of this reading. */
  modseq: number;
  /** Entries that are new or changed, ascending by UID. */
  changed: readonly EntryState[];
  /** UIDs that were expunged. */
  vanished: readonly number[];
}

export interface AnnounceOptions {
  expunge: boolean;
  /** FETCH answers carry MODSEQ (RFC 7162 §3.2). */
  condstore: boolean;
  /** VANISHED in place of EXPUNGE (RFC 7162 §3.2.10). */
  qresync: boolean;
  /** UIDFETCH and VANISHED in place of numbered answers (RFC 9586 §3). */
  uidOnly: boolean;
}

/**
 * One session's picture of its selected mailbox: exactly what its client has been told. Changes are absorbed as they
 * are read, and announced when the protocol allows; between the two, sequence numbers stay what the client knows.
 */
export interface View {
  /** UIDs in the order of the client's sequence numbers. */
  readonly uids: UidList;
  /** Up to where changes have been absorbed. */
  readonly modseq: number;
  /** True when the message is gone, though the client has not been told yet. */
  isGone(uid: number): boolean;
  /** A change of this session's own: its answer has told the client already. */
  own(modseq: number): void;
  absorb(delta: MailboxDelta): void;
  /** Untagged answers that bring the client up to date, and remembers that it is. */
  announce(options: AnnounceOptions): string[];
  /** True when announce would say something. */
  pending(expunge: boolean): boolean;
}

export function createView(initial: UidList, initialModseq: number): View {
  let uids = initial;
  let modseq = initialModseq;
  const gone = new Set<number>();
  let fresh: number[] = [];
  const changed = new Map<number, EntryState>();
  const own = new Set<number>();

  function absorb(delta: MailboxDelta): void {
    const known = Math.max(uids.last(), fresh.at(-1) ?? 0, highestEver);
    for (const entry of delta.changed) {
      if (entry.uid > known) fresh.push(entry.uid);
      else if (!own.has(entry.modseq) && uids.sequenceOf(entry.uid) > 0) changed.set(entry.uid, entry);
    }
    const dead = new Set(delta.vanished);
    for (const uid of dead) {
      if (uids.sequenceOf(uid) === 0) continue;
      gone.add(uid);
      changed.delete(uid);
    }
    if (dead.size > 0) fresh = fresh.filter((uid) => !dead.has(uid));
    highestEver = Math.max(known, fresh.at(-1) ?? 0);
    modseq = Math.max(modseq, delta.modseq);
    for (const value of own) if (value <= modseq) own.delete(value);
  }
  // An expunged last message must not make its UID look new again.
  let highestEver = initial.last();

  return {
    get uids() {
      return uids;
    },
    get modseq() {
      return modseq;
    },
    isGone: (uid) => gone.has(uid),
    own: (value) => {
      if (value > modseq) own.add(value);
    },
    absorb,
    pending: (expunge) => fresh.length > 0 || changed.size > 0 || (expunge && gone.size > 0),
    announce(options) {
      const lines: string[] = [];
      if (options.expunge && gone.size > 0) {
        lines.push(...expungeLines(uids, gone, options.qresync || options.uidOnly));
        uids = uids.without(gone);
        gone.clear();
      }
      if (fresh.length > 0) {
        uids = uids.with(fresh);
        fresh = [];
        lines.push(`* ${uids.length} EXISTS`);
      }
      for (const entry of changed.values()) {
        lines.push(flagsLine(uids.sequenceOf(entry.uid), entry, options));
      }
      changed.clear();
      return lines;
    },
  };
}

/** `* n FETCH (UID … FLAGS (…))`; the UID is always told, so a client need not trust its own counting. */
export function flagsLine(
  sequence: number,
  entry: EntryState,
  { condstore, uidOnly }: Pick<AnnounceOptions, 'condstore' | 'uidOnly'>,
): string {
  const modseq = condstore ? ` MODSEQ (${entry.modseq})` : '';
  if (uidOnly)
    return `* ${entry.uid} UIDFETCH (${modseq === '' ? '' : `${modseq.slice(1)} `}FLAGS (${entry.flags.join(' ')}))`;
  return `* ${sequence} FETCH (UID ${entry.uid}${modseq} FLAGS (${entry.flags.join(' ')}))`;
}

/** From the last to the first, so that no number moves before it is used. */
function expungeLines(uids: UidList, gone: ReadonlySet<number>, qresync: boolean): string[] {
  const ascending = [...gone].sort((a, b) => a - b);
  if (qresync) return [`* VANISHED ${formatSet(ascending)}`];
  return ascending.reverse().map((uid) => `* ${uids.sequenceOf(uid)} EXPUNGE`);
}
