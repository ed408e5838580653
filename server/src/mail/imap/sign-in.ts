import { capabilities } from './capabilities.ts';
import { no, ok, type Reply } from './command.ts';
import { LIMITS } from './limits.ts';
import type { Session } from './session.ts';

const REFUSALS = {
  invalid: { text: 'Invalid user name or password', code: 'AUTHENTICATIONFAILED' },
  disabled: { text: 'This account is disabled', code: 'AUTHORIZATIONFAILED' },
  protocol: { text: 'IMAP is switched off for this account', code: 'AUTHORIZATIONFAILED' },
  limited: { text: 'Too many attempts, try again later', code: 'LIMIT' },
} as const;

/** Checks name and password, and puts the session into the authenticated state. */
export async function signIn(session: Session, name: string, password: string): Promise<Reply> {
  const { auth, log } = session.deps;
  if (!session.mayLogin()) return no('Sign in under TLS only', 'PRIVACYREQUIRED');
  const result = await auth.verify({
    name,
    password,
    protocol: 'imap',
    remoteAddress: session.remoteAddress,
    tls: session.secure,
  });
  if (!result.ok) {
    session.failedLogins++;
    log.info(
      { protocol: 'imap', remote: session.remoteAddress, user: name.slice(0, 320), reason: result.reason },
      'sign-in refused',
    );
    if (session.failedLogins >= LIMITS.failedLogins) {
      session.output.line('* BYE Too many failed sign-ins');
      session.endAfterReply();
    }
    const { text, code } = REFUSALS[result.reason];
    return no(text, code);
  }
  session.person = { accountId: result.accountId, address: result.address };
  session.forgetPerson = auth.onRevoked(result.accountId, () =>
    session.bye('Sign in again: password or rights have changed'),
  );
  return ok('Signed in', `CAPABILITY ${capabilities(session)}`);
}
