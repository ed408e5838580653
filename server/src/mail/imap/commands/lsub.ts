import { DELIMITER } from '../../protocol/imap/index.ts';
import { writeMailbox } from '../arguments.ts';
import { defineCommand, ok } from '../command.ts';
import { folders, patternsOf } from '../folders.ts';

/** LSUB (RFC 3501 §6.3.9). */
export const lsub = defineCommand({
  name: 'LSUB',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner) {
    scanner.space();
    const reference = scanner.astring();
    scanner.space();
    return { reference, pattern: scanner.listMailbox() };
  },
  async run(session, { reference, pattern }) {
    const matches = patternsOf(session, reference, [pattern]);
    const subscribed = (await folders(session)).filter((folder) => folder.mailbox?.subscribed);
    const told = new Set<string>();
    for (const { name } of subscribed) if (matches(name)) told.add(name);
    const parents = new Set<string>();
    // §6.3.9: with `%`, a level above a subscribed name is told as \Noselect when it is not subscribed itself.
    if (pattern.includes('%')) {
      for (const { name } of subscribed) {
        for (let at = name.indexOf(DELIMITER); at >= 0; at = name.indexOf(DELIMITER, at + 1)) {
          const parent = name.slice(0, at);
          if (!told.has(parent) && matches(parent)) parents.add(parent);
        }
      }
    }
    for (const name of told) session.output.line(`* LSUB () "/" ${writeMailbox(session, name)}`);
    for (const name of parents) session.output.line(`* LSUB (\\Noselect) "/" ${writeMailbox(session, name)}`);
    return ok('Lsub completed');
  },
});
