import { readMailbox } from '../arguments.ts';
import { defineCommand, ok, Refusal } from '../command.ts';
import { findMailbox, findPlace } from '../places.ts';

/** RENAME (RFC 3501 §6.3.5), inside one account. */
export const rename = defineCommand({
  name: 'RENAME',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner) {
    const from = readMailbox(scanner);
    return { from, to: readMailbox(scanner) };
  },
  async run(session, { from, to }) {
    const { place, mailbox } = await findMailbox(session, from);
    const target = await findPlace(session, to);
    if (!target || target.scope.accountId !== place.scope.accountId) {
      throw new Refusal('A mailbox cannot move to another account', 'CANNOT');
    }
    await session.deps.store.renameMailbox(session.deps.db, place.scope, mailbox.id, target.path);
    return ok('Rename completed');
  },
});
