import { defineCommand, nothing, ok } from '../command.ts';

/** LOGOUT (RFC 3501 §6.1.3). */
export const logout = defineCommand({
  name: 'LOGOUT',
  when: 'any',
  updates: 'no',
  parse: nothing,
  async run(session) {
    session.output.line('* BYE Logging out');
    session.endAfterReply();
    return ok('Logout completed');
  },
});
