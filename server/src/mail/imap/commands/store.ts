import {
  formatSet,
  readStoreArguments,
  type Scanner,
  type StoreArguments,
} from '../../protocol/imap/index.ts';
import type { FlagChange, FlagResult } from '../../store/index.ts';
import { asRanges, named, readSet, writableOf } from '../arguments.ts';
import { type Command, defineCommand, ok, Refusal } from '../command.ts';
import { allowedFlags } from '../copy-target.ts';
import { flagBits, flagNames } from '../flags.ts';
import type { Selected } from '../selected.ts';
import type { Session } from '../session.ts';
import { flagsLine } from '../view.ts';

/** STORE and UID STORE (RFC 3501 §6.4.6), conditional with UNCHANGEDSINCE (RFC 7162 §3.1.3). */
function storeCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID STORE' : 'STORE',
    when: 'selected',
    updates: byUid ? 'yes' : 'noExpunge',
    parse(scanner: Scanner) {
      const set = readSet(scanner);
      scanner.space();
      return { set, ...readStoreArguments(scanner) };
    },
    async run(session, args) {
      const selected = writableOf(session, 'swt');
      const change = allowedChange(args, selected.rights);
      if (args.unchangedSince !== undefined) session.enabled.add('CONDSTORE');
      const { uids, someGone } = named(session, selected, args.set, byUid);
      if (uids.length === 0) return ok('Store completed', someGone ? 'EXPUNGEISSUED' : undefined);
      const result = await session.deps.store.setFlags(session.deps.db, selected.scope, selected.mailbox.id, {
        ...change,
        uids: asRanges(uids),
        ...(args.unchangedSince === undefined ? {} : { unchangedSince: args.unchangedSince }),
      });
      selected.view.own(result.modseq);
      await tellFlags(session, selected, result, args.silent);
      if (result.refused.length > 0) {
        const numbers = byUid
          ? result.refused
          : result.refused.map((uid) => selected.view.uids.sequenceOf(uid));
        return ok('Conditional store failed for some', `MODIFIED ${formatSet(numbers)}`);
      }
      const expunged = result.entries.length + result.refused.length < uids.length;
      return ok('Store completed', someGone || expunged ? 'EXPUNGEISSUED' : undefined);
    },
  });
}

/** What of a change the rights allow (RFC 4314 §4): flags without a right stay as they are. */
function allowedChange(args: StoreArguments, rights: string): Omit<FlagChange, 'uids'> {
  const allowed = allowedFlags(rights);
  const wanted = flagBits(args.flags);
  const flags = wanted & allowed.flags;
  const keywords = allowed.keywords ? args.flags.keywords : [];
  const nothingLeft = flags === 0 && keywords.length === 0;
  if (args.mode !== 'replace' && nothingLeft && (wanted !== 0 || args.flags.keywords.length > 0))
    throw new Refusal('You have no right to change these flags', 'NOPERM');
  return { mode: args.mode, flags, keywords, only: allowed };
}

async function tellFlags(
  session: Session,
  selected: Selected,
  result: FlagResult,
  askedSilent: boolean,
): Promise<void> {
  const condstore = session.enabled.has('CONDSTORE');
  const uidOnly = session.enabled.has('UIDONLY');
  // RFC 7162 §3.1.3: after a conditional store the new modseq is told even when the client asked for silence.
  for (const [index, entry] of result.entries.entries()) {
    const sequence = selected.view.uids.sequenceOf(entry.uid);
    // Somebody else changed it since we last told its flags: silence would hide that change for ever.
    const silent = askedSilent && (result.previous[index] ?? 0) <= selected.view.modseq;
    if (sequence === 0 || (silent && !condstore)) continue;
    const line = silent
      ? uidOnly
        ? `* ${entry.uid} UIDFETCH (MODSEQ (${entry.modseq}))`
        : `* ${sequence} FETCH (UID ${entry.uid} MODSEQ (${entry.modseq}))`
      : flagsLine(
          sequence,
          { uid: entry.uid, modseq: entry.modseq, flags: flagNames(entry) },
          { condstore, uidOnly },
        );
    session.output.line(line);
    await session.output.spill();
  }
}

export const store = storeCommand(false);
export const uidStore = storeCommand(true);
