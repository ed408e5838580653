import { defineCommand, nothing, ok } from '../command.ts';

/** CHECK (RFC 3501 §6.4.1): everything is on disk before its OK, so there is nothing to check. */
export const check = defineCommand({
  name: 'CHECK',
  when: 'selected',
  updates: 'always',
  parse: nothing,
  run: async () => ok('Check completed'),
});
