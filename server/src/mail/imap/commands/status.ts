import { readStatusItems } from '../../protocol/imap/index.ts';
import { readMailbox } from '../arguments.ts';
import { defineCommand, ok } from '../command.ts';
import { findMailbox } from '../places.ts';
import { statusLine } from '../status-line.ts';

/** STATUS (RFC 3501 §6.3.10). */
export const status = defineCommand({
  name: 'STATUS',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner) {
    const name = readMailbox(scanner);
    scanner.space();
    return { name, items: readStatusItems(scanner) };
  },
  async run(session, { name, items }) {
    const { mailbox } = await findMailbox(session, name);
    if (items.includes('HIGHESTMODSEQ')) session.enabled.add('CONDSTORE');
    session.output.line(statusLine(session, name, mailbox, items));
    return ok('Status completed');
  },
});
