import { formatSet, readStoreArguments, type Scanner } from '../../protocol/imap/index.ts';
import { asRanges, named, readSet, writableOf } from '../arguments.ts';
import { type Command, defineCommand, ok } from '../command.ts';
import { flagBits, flagNames } from '../flags.ts';
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
      const selected = writableOf(session);
      if (args.unchangedSince !== undefined) session.enabled.add('CONDSTORE');
      const { uids, someGone } = named(selected, args.set, byUid);
      if (uids.length === 0) return ok('Store completed', someGone ? 'EXPUNGEISSUED' : undefined);
      const result = await session.deps.store.setFlags(session.deps.db, selected.scope, selected.mailbox.id, {
        uids: asRanges(uids),
        mode: args.mode,
        flags: flagBits(args.flags),
        keywords: args.flags.keywords,
        unchangedSince: args.unchangedSince,
      });
      selected.view.own(result.modseq);
      const condstore = session.enabled.has('CONDSTORE');
      // RFC 7162 §3.1.3: after a conditional store the new modseq is told even when the client asked for silence.
      for (const [index, entry] of result.entries.entries()) {
        const sequence = selected.view.uids.sequenceOf(entry.uid);
        // Somebody else changed it since we last told its flags: silence would hide that change for ever.
        const silent = args.silent && (result.previous[index] ?? 0) <= selected.view.modseq;
        if (sequence === 0 || (silent && !condstore)) continue;
        const line = silent
          ? `* ${sequence} FETCH (UID ${entry.uid} MODSEQ (${entry.modseq}))`
          : flagsLine(sequence, { uid: entry.uid, modseq: entry.modseq, flags: flagNames(entry) }, condstore);
        session.output.line(line);
        await session.output.spill();
      }
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

export const store = storeCommand(false);
export const uidStore = storeCommand(true);
