import { defineCommand, nothing, ok } from '../command.ts';

/** NOOP (RFC 3501 §6.1.2): what a client without IDLE polls with, so it always looks. */
export const noop = defineCommand({
  name: 'NOOP',
  when: 'any',
  updates: 'always',
  parse: nothing,
  run: async () => ok('Noop completed'),
});
