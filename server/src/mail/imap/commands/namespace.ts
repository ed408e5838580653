import { defineCommand, nothing, ok } from '../command.ts';
import { OTHER_USERS } from '../places.ts';

/** NAMESPACE (RFC 2342). */
export const namespace = defineCommand({
  name: 'NAMESPACE',
  when: 'authenticated',
  updates: 'yes',
  parse: nothing,
  async run(session) {
    session.output.line(`* NAMESPACE (("" "/")) (("${OTHER_USERS}/" "/")) NIL`);
    return ok('Namespace completed');
  },
});
