import { defineCommand, nothing, ok } from '../command.ts';

/** UNSELECT (RFC 3691): leaves the mailbox and expunges nothing. */
export const unselect = defineCommand({
  name: 'UNSELECT',
  when: 'selected',
  updates: 'no',
  parse: nothing,
  async run(session) {
    session.unselect();
    return ok('Unselect completed');
  },
});
