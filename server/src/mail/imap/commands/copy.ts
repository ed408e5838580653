import { formatSet, type Scanner } from '../../protocol/imap/index.ts';
import { asRanges, named, readMailbox, readSet, selectedOf } from '../arguments.ts';
import { type Command, defineCommand, ok } from '../command.ts';
import { copyTarget } from '../copy-target.ts';
import { findMailbox } from '../places.ts';

/** COPY and UID COPY (RFC 3501 §6.4.7), answered with COPYUID (RFC 4315 §3). */
function copyCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID COPY' : 'COPY',
    when: 'selected',
    updates: 'yes',
    parse: (scanner: Scanner, session) => ({ set: readSet(scanner), name: readMailbox(scanner, session) }),
    async run(session, { set, name }) {
      const selected = selectedOf(session);
      const { uids, someGone } = named(session, selected, set, byUid);
      const { place, mailbox, rights } = await findMailbox(session, name, 'i', 'TRYCREATE');
      if (uids.length === 0) return ok('Nothing to copy', someGone ? 'EXPUNGEISSUED' : undefined);
      const { pairs, uidValidity } = await session.deps.store.copy(
        session.deps.db,
        selected.scope,
        selected.mailbox.id,
        asRanges(uids),
        await copyTarget(session, place, mailbox, rights),
      );
      if (mailbox.id === selected.mailbox.id) selected.touch();
      if (pairs.length === 0) return ok('Nothing to copy', 'EXPUNGEISSUED');
      const from = formatSet(pairs.map((pair) => pair.from));
      const to = formatSet(pairs.map((pair) => pair.to));
      return ok('Copy completed', `COPYUID ${uidValidity} ${from} ${to}`);
    },
  });
}

export const copy = copyCommand(false);
export const uidCopy = copyCommand(true);
