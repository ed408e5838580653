import { formatSet, type Scanner } from '../../protocol/imap/index.ts';
import { asRanges, named, readMailbox, readSet, writableOf } from '../arguments.ts';
import { type Command, defineCommand, ok, Refusal } from '../command.ts';
import { copyTarget } from '../copy-target.ts';
import { findMailbox } from '../places.ts';
import { hasRights } from '../rights.ts';

/**
 * MOVE and UID MOVE (RFC 6851). A UID that has gone is moved by nobody and still answered OK: a NO leaves ghosts on
 * iOS. COPYUID comes in an untagged OK before the EXPUNGE lines (§4.3).
 */
function moveCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID MOVE' : 'MOVE',
    when: 'selected',
    updates: 'yes',
    parse: (scanner: Scanner, session) => ({ set: readSet(scanner), name: readMailbox(scanner, session) }),
    async run(session, { set, name }) {
      const selected = writableOf(session, 'e');
      // RFC 6851 §3.3 with RFC 4314: a move is a copy, a \Deleted and an expunge.
      if (!hasRights(selected.rights, 't')) throw new Refusal('You have no right to do this here', 'NOPERM');
      const { uids } = named(session, selected, set, byUid);
      const { place, mailbox, rights } = await findMailbox(session, name, 'i', 'TRYCREATE');
      if (uids.length === 0) return ok('Nothing to move');
      const { pairs, uidValidity, modseq } = await session.deps.store.move(
        session.deps.db,
        selected.scope,
        selected.mailbox.id,
        asRanges(uids),
        await copyTarget(session, place, mailbox, rights),
      );
      selected.touch();
      if (pairs.length === 0) return ok('Nothing to move');
      const from = formatSet(pairs.map((pair) => pair.from));
      const to = formatSet(pairs.map((pair) => pair.to));
      session.output.line(`* OK [COPYUID ${uidValidity} ${from} ${to}] Moved`);
      const code =
        session.enabled.has('QRESYNC') && modseq !== undefined ? `HIGHESTMODSEQ ${modseq}` : undefined;
      return ok('Move completed', code);
    },
  });
}

export const move = moveCommand(false);
export const uidMove = moveCommand(true);
