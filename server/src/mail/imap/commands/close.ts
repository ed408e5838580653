import { selectedOf } from '../arguments.ts';
import { defineCommand, nothing, ok } from '../command.ts';
import { hasRights } from '../rights.ts';

/** CLOSE (RFC 3501 §6.4.2): expunges without telling, unless read-only, and leaves the mailbox. */
export const close = defineCommand({
  name: 'CLOSE',
  when: 'selected',
  updates: 'no',
  parse: nothing,
  async run(session) {
    const { scope, mailbox, readOnly, rights } = selectedOf(session);
    session.unselect();
    // Without the right to expunge CLOSE only leaves (RFC 4314 §4).
    if (readOnly || !hasRights(rights, 'e')) return ok('Close completed');
    const { modseq } = await session.deps.store.expunge(session.deps.db, scope, mailbox.id, {});
    // RFC 7162 §3.2.9: the client's new cache point.
    return ok('Close completed', session.enabled.has('QRESYNC') ? `HIGHESTMODSEQ ${modseq}` : undefined);
  },
});
