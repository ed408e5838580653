import { defineCommand, nothing, ok } from '../command.ts';

/** UNAUTHENTICATE (RFC 8437): back to the state before sign-in; TLS and compression stay. */
export const unauthenticate = defineCommand({
  name: 'UNAUTHENTICATE',
  when: 'authenticated',
  updates: 'no',
  parse: nothing,
  async run(session) {
    session.signOut();
    return ok('Signed out');
  },
});
