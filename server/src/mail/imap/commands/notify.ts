import { readNotifyArguments } from '../../protocol/imap/index.ts';
import { defineCommand, ok } from '../command.ts';
import { createNotifier } from '../notifier.ts';

/** NOTIFY (RFC 5465): replaces what an earlier NOTIFY has asked for. */
export const notify = defineCommand({
  name: 'NOTIFY',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner) {
    scanner.space();
    return readNotifyArguments(scanner);
  },
  async run(session, args) {
    session.notifier?.stop();
    session.notifier = undefined;
    if (args.groups.length > 0) session.notifier = await createNotifier(session, args);
    return ok('Notify completed');
  },
});
