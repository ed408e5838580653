import { defineCommand, no, nothing, ok } from '../command.ts';

/** STARTTLS (RFC 3501 §6.2.1). The session swaps its socket after the OK and forgets all plaintext behind it. */
export const starttls = defineCommand({
  name: 'STARTTLS',
  when: 'notAuthenticated',
  updates: 'no',
  parse: nothing,
  async run(session) {
    if (!session.canStartTls()) return no(session.secure ? 'TLS is active already' : 'TLS is not available');
    session.afterReply('tls');
    return ok('Begin TLS negotiation now');
  },
});
