import { defineCommand, ok } from '../command.ts';
import type { Extension } from '../session.ts';

/** What can be turned on, and how the answer names it. */
const KNOWN: readonly (readonly [Extension, string])[] = [
  ['CONDSTORE', 'CONDSTORE'],
  ['QRESYNC', 'QRESYNC'],
  ['IMAP4REV2', 'IMAP4rev2'],
  ['UTF8=ACCEPT', 'UTF8=ACCEPT'],
  ['UIDONLY', 'UIDONLY'],
];
const MAX_NAMES = 50;

/** ENABLE (RFC 5161): unknown names are passed over; QRESYNC brings CONDSTORE along (RFC 7162 §3.2.3). */
export const enable = defineCommand({
  name: 'ENABLE',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner) {
    const names: string[] = [];
    do {
      scanner.space();
      names.push(scanner.keyword());
    } while (!scanner.atEnd() && names.length < MAX_NAMES);
    return names;
  },
  async run(session, names) {
    const enabled = KNOWN.filter(([name]) => names.includes(name));
    for (const [name] of enabled) session.enabled.add(name);
    if (session.enabled.has('QRESYNC')) session.enabled.add('CONDSTORE');
    session.output.line(['* ENABLED', ...enabled.map(([, name]) => name)].join(' '));
    return ok('Enabled');
  },
});
