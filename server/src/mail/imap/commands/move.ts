import { formatSet, type Scanner } from '../../protocol/imap/index.ts';
import { asRanges, named, readMailbox, readSet, writableOf } from '../arguments.ts';
import { type Command, defineCommand, ok } from '../command.ts';
import { findMailbox } from '../places.ts';

/**
 * MOVE and UID MOVE (RFC 6851). A UID that has gone is moved by nobody and still answered OK: a NO leaves ghosts on
 * iOS. COPYUID comes in an untagged OK before the EXPUNGE lines (§4.3).
 */
function moveCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID MOVE' : 'MOVE',
    when: 'selected',
    updates: 'yes',
    parse: (scanner: Scanner) => ({ set: readSet(scanner), name: readMailbox(scanner) }),
    async run(session, { set, name }) {
      const selected = writableOf(session);
      const { uids } = named(selected, set, byUid);
      const { place, mailbox } = await findMailbox(session, name, 'TRYCREATE');
      if (uids.length === 0) return ok('Nothing to move');
      const { pairs, uidValidity, modseq } = await session.deps.store.move(
        session.deps.db,
        selected.scope,
        selected.mailbox.id,
        asRanges(uids),
        { scope: place.scope, mailboxId: mailbox.id, quotaBytes: place.account.quotaBytes },
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
