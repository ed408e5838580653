import { selectedOf } from '../arguments.ts';
import { defineCommand, nothing, ok } from '../command.ts';

/** CLOSE (RFC 3501 §6.4.2): expunges without telling, unless read-only, and leaves the mailbox. */
export const close = defineCommand({
  name: 'CLOSE',
  when: 'selected',
  updates: 'no',
  parse: nothing,
  async run(session) {
    const { scope, mailbox, readOnly } = selectedOf(session);
    session.unselect();
    if (readOnly) return ok('Close completed');
    const { modseq } = await session.deps.store.expunge(session.deps.db, scope, mailbox.id, {});
    // RFC 7162 §3.2.9: the client's new cache point.
    return ok('Close completed', session.enabled.has('QRESYNC') ? `HIGHESTMODSEQ ${modseq}` : undefined);
  },
});
