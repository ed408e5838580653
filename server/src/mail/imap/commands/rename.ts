import { readMailbox } from '../arguments.ts';
import { defineCommand, ok, Refusal } from '../command.ts';
import { checkCreate, findMailbox, findPlace } from '../places.ts';

/** RENAME (RFC 3501 §6.3.5), inside one account. */
export const rename = defineCommand({
  name: 'RENAME',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner, session) {
    const from = readMailbox(scanner, session);
    return { from, to: readMailbox(scanner, session) };
  },
  async run(session, { from, to }) {
    const { place, mailbox } = await findMailbox(session, from, 'x');
    const target = await findPlace(session, to);
    if (!target || target.scope.accountId !== place.scope.accountId) {
      throw new Refusal('A mailbox cannot move to another account', 'CANNOT');
    }
    await checkCreate(session, target);
    await session.deps.store.renameMailbox(session.deps.db, place.scope, mailbox.id, target.path);
    return ok('Rename completed');
  },
});
