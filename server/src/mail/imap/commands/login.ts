import { defineCommand } from '../command.ts';
import { signIn } from '../sign-in.ts';

/** LOGIN (RFC 3501 §6.2.3). */
export const login = defineCommand({
  name: 'LOGIN',
  when: 'notAuthenticated',
  updates: 'no',
  parse(scanner) {
    scanner.space();
    const name = scanner.astringText();
    scanner.space();
    return { name, password: scanner.astringText() };
  },
  run: (session, { name, password }) => signIn(session, name, password),
});
