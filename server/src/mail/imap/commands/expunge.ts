import type { MessageSet } from '../../protocol/imap/index.ts';
import { asRanges, named, readSet, writableOf } from '../arguments.ts';
import { type Command, defineCommand, nothing, ok, type Reply } from '../command.ts';
import type { Session } from '../session.ts';

async function run(session: Session, set: MessageSet | undefined): Promise<Reply> {
  const selected = writableOf(session, 'e');
  const uids = set && asRanges(named(session, selected, set, true).uids);
  const { modseq } = await session.deps.store.expunge(session.deps.db, selected.scope, selected.mailbox.id, {
    uids,
  });
  // The EXPUNGE lines come from the sync before the answer, together with those of other sessions.
  selected.touch();
  return ok('Expunge completed', session.enabled.has('QRESYNC') ? `HIGHESTMODSEQ ${modseq}` : undefined);
}

/** EXPUNGE (RFC 3501 §6.4.3). */
export const expunge: Command = defineCommand({
  name: 'EXPUNGE',
  when: 'selected',
  updates: 'yes',
  parse: nothing,
  run: (session) => run(session, undefined),
});

/** UID EXPUNGE (RFC 4315 §2.1). */
export const uidExpunge: Command = defineCommand({
  name: 'UID EXPUNGE',
  when: 'selected',
  updates: 'yes',
  parse: readSet,
  run: (session, set) => run(session, set),
});
