import { readStatusItems } from '../../protocol/imap/index.ts';
import { readMailbox } from '../arguments.ts';
import { defineCommand, ok } from '../command.ts';
import { findMailbox } from '../places.ts';
import { tellStatus } from '../status-line.ts';

/** STATUS (RFC 3501 §6.3.10). */
export const status = defineCommand({
  name: 'STATUS',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner, session) {
    const name = readMailbox(scanner, session);
    scanner.space();
    return { name, items: readStatusItems(scanner) };
  },
  async run(session, { name, items }) {
    const { mailbox } = await findMailbox(session, name, 'r');
    if (items.includes('HIGHESTMODSEQ')) session.enabled.add('CONDSTORE');
    await tellStatus(session, name, mailbox, items);
    return ok('Status completed');
  },
});
