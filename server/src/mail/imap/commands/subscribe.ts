import { readMailbox } from '../arguments.ts';
import { type Command, defineCommand, ok } from '../command.ts';
import { findMailbox } from '../places.ts';

/** SUBSCRIBE and UNSUBSCRIBE (RFC 3501 §6.3.6, §6.3.7); of shared mailboxes each member has a list of his own. */
function subscription(name: 'SUBSCRIBE' | 'UNSUBSCRIBE'): Command {
  return defineCommand({
    name,
    when: 'authenticated',
    updates: 'yes',
    parse: readMailbox,
    async run(session, mailboxName) {
      const { place, mailbox } = await findMailbox(session, mailboxName, 'l');
      await session.deps.store.updateMailbox(session.deps.db, place.scope, mailbox.id, {
        subscribed: name === 'SUBSCRIBE',
      });
      return ok(`${name === 'SUBSCRIBE' ? 'Subscribe' : 'Unsubscribe'} completed`);
    },
  });
}

export const subscribe = subscription('SUBSCRIBE');
export const unsubscribe = subscription('UNSUBSCRIBE');
