import { readMailbox } from '../arguments.ts';
import { defineCommand, ok } from '../command.ts';
import { findMailbox } from '../places.ts';

/** DELETE (RFC 3501 §6.3.4); a mailbox with others below it is kept, as RFC 9051 §6.3.5 lets us. */
export const deleteMailbox = defineCommand({
  name: 'DELETE',
  when: 'authenticated',
  updates: 'yes',
  parse: readMailbox,
  async run(session, name) {
    const { place, mailbox } = await findMailbox(session, name, 'x');
    // The session's own mailbox may go; others that have it selected are told BYE.
    if (session.selected?.mailbox.id === mailbox.id) session.unselect();
    await session.deps.store.deleteMailbox(session.deps.db, place.scope, mailbox.id, {
      removeMessages: true,
    });
    return ok('Delete completed');
  },
});
