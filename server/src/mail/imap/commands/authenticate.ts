import { bad, type Command, no, type Reply } from '../command.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import { signIn } from '../sign-in.ts';

/** AUTHENTICATE PLAIN and LOGIN (RFC 3501 §6.2.2, RFC 4616), with an initial response (RFC 4959). */
export const authenticate: Command = {
  name: 'AUTHENTICATE',
  when: 'notAuthenticated',
  updates: 'no',
  prepare({ scanner }, session) {
    scanner.space();
    const mechanism = scanner.keyword();
    const initial = scanner.accept(' ') ? scanner.rest() : undefined;
    scanner.end();
    return async () => {
      if (!session.mayLogin()) return no('Sign in under TLS only', 'PRIVACYREQUIRED');
      if (mechanism === 'PLAIN') return plain(session, initial);
      if (mechanism === 'LOGIN') return login(session, initial);
      return no('Unsupported authentication mechanism', 'CANNOT');
    };
  },
};

async function plain(session: Session, initial: string | undefined): Promise<Reply> {
  const answer = initial === undefined ? await challenge(session, '') : decode(initial);
  if (answer === undefined) return bad('Authentication cancelled');
  const parts = answer.toString('utf8').split('\0');
  const [authorize, name, password] = parts;
  if (parts.length !== 3 || !name || password === undefined) return bad('Invalid PLAIN message');
  // RFC 4616 §2: acting for somebody else is a right of its own, which nobody has here.
  if (authorize && authorize.toLowerCase() !== name.toLowerCase()) {
    return no('Signing in for another user is not possible', 'AUTHORIZATIONFAILED');
  }
  return signIn(session, name, password);
}

async function login(session: Session, initial: string | undefined): Promise<Reply> {
  const name = initial === undefined ? await challenge(session, 'Username:') : decode(initial);
  if (name === undefined) return bad('Authentication cancelled');
  const password = await challenge(session, 'Password:');
  if (password === undefined) return bad('Authentication cancelled');
  return signIn(session, name.toString('utf8'), password.toString('utf8'));
}

/** Sends a challenge and reads the answer; undefined for `*` or anything that is not base64. */
async function challenge(session: Session, text: string): Promise<Buffer | undefined> {
  session.output.line(`+ ${Buffer.from(text).toString('base64')}`);
  await session.output.flush();
  const line = await session.input.line(LIMITS.lineBeforeLogin);
  return line === undefined ? undefined : decode(line.toString('latin1'));
}

function decode(text: string): Buffer | undefined {
  // RFC 4959 §3: `=` is an empty initial response.
  if (text === '=') return Buffer.alloc(0);
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? Buffer.from(text, 'base64')
    : undefined;
}
