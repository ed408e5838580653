import { ImapSyntaxError } from '../../protocol/imap/index.ts';
import { defineCommand, ok } from '../command.ts';

/** RFC 2971 §3.3: at most 30 pairs, 30 octets a name, 1024 a value. */
const MAX_PAIRS = 30;

/** ID (RFC 2971): we tell the product's name, not its version; what the client tells goes to the log. */
export const id = defineCommand({
  name: 'ID',
  when: 'any',
  updates: 'yes',
  parse(scanner) {
    scanner.space();
    if (scanner.peek() !== '(') {
      scanner.expect('NIL');
      return new Map<string, string>();
    }
    const values = scanner.list(() => scanner.nstring()?.toString('utf8'), MAX_PAIRS * 2);
    const pairs = new Map<string, string>();
    for (let index = 0; index < values.length; index += 2) {
      const name = values[index];
      const value = values[index + 1];
      if (name === undefined || name.length > 30) throw new ImapSyntaxError('Invalid ID field');
      if (value !== undefined) pairs.set(name.toLowerCase(), value.slice(0, 200));
    }
    return pairs;
  },
  async run(session, pairs) {
    session.client = [pairs.get('name'), pairs.get('version')].filter(Boolean).join(' ').slice(0, 100);
    session.output.line('* ID ("name" "Hongyan" "support-url" NIL)');
    return ok('ID completed');
  },
});
