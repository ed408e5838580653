import { capabilities } from '../capabilities.ts';
import { defineCommand, nothing, ok } from '../command.ts';

/** CAPABILITY (RFC 3501 §6.1.1). */
export const capability = defineCommand({
  name: 'CAPABILITY',
  when: 'any',
  updates: 'yes',
  parse: nothing,
  async run(session) {
    session.output.line(`* CAPABILITY ${capabilities(session)}`);
    return ok('Capability completed');
  },
});
