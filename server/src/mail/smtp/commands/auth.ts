import { LIMITS } from '../limits.ts';
import type { Handler, Reply, SmtpSession } from '../types.ts';

/** Passwords travel under TLS only; the machine itself may speak in the clear. */
export function authAllowed(session: SmtpSession): boolean {
  return session.socket.tls !== undefined || session.loopback;
}

/** AUTH PLAIN and LOGIN (RFC 4954, RFC 4616). */
export const auth: Handler = async (session, rest) => {
  if (session.mode !== 'submission')
    return { code: 503, enhanced: '5.5.1', text: 'Please use the submission port' };
  if (session.account) return { code: 503, enhanced: '5.5.1', text: 'You are signed in already' };
  if (session.envelope) return { code: 503, enhanced: '5.5.1', text: 'Not during a mail transaction' };
  if (!authAllowed(session))
    return { code: 538, enhanced: '5.7.11', text: 'Encryption is required, use STARTTLS first' };
  const [mechanism = '', initial] = rest.trim().split(/ +/);
  const asked = mechanism.toUpperCase();
  if (asked === 'PLAIN') return plain(session, initial);
  if (asked === 'LOGIN') return login(session, initial);
  return { code: 504, enhanced: '5.5.4', text: 'This mechanism is not known here' };
};

const CANCELLED: Reply = { code: 501, enhanced: '5.7.0', text: 'Cancelled' };
const MALFORMED: Reply = { code: 501, enhanced: '5.5.2', text: 'Malformed credentials' };

async function plain(session: SmtpSession, initial: string | undefined): Promise<Reply> {
  const answer = initial ?? (await ask(session, ''));
  const text = decode(answer);
  if (text === undefined) return answer === '*' ? CANCELLED : MALFORMED;
  const [authorize, name, password, ...more] = text.split('\0');
  if (name === undefined || password === undefined || more.length > 0) return MALFORMED;
  // Acting for somebody else is not a matter of sign-in here.
  if (authorize && authorize.toLowerCase() !== name.toLowerCase()) return refused(session);
  return signIn(session, name, password);
}

async function login(session: SmtpSession, initial: string | undefined): Promise<Reply> {
  const first = initial ?? (await ask(session, 'Username:'));
  const name = decode(first);
  if (name === undefined) return first === '*' ? CANCELLED : MALFORMED;
  const second = await ask(session, 'Password:');
  const password = decode(second);
  if (password === undefined) return second === '*' ? CANCELLED : MALFORMED;
  return signIn(session, name, password);
}

async function ask(session: SmtpSession, prompt: string): Promise<string> {
  session.socket.write(`334 ${Buffer.from(prompt).toString('base64')}\r\n`);
  const line = await session.socket.readLine(LIMITS.authLine, LIMITS.commandMs);
  return line.kind === 'line' ? line.bytes.toString('latin1').trim() : '\0';
}

function decode(answer: string): string | undefined {
  if (answer === '=') return '';
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(answer) || answer === '') return undefined;
  return Buffer.from(answer, 'base64').toString('utf8');
}

async function signIn(session: SmtpSession, name: string, password: string): Promise<Reply> {
  const { clientAuth } = session.parts;
  const verdict = await clientAuth.verify({
    name,
    password,
    protocol: 'smtp',
    remoteAddress: session.socket.remoteAddress,
    tls: session.socket.tls !== undefined,
  });
  if (verdict.ok) {
    session.account = { accountId: verdict.accountId, address: verdict.address };
    return { code: 235, enhanced: '2.7.0', text: 'Welcome' };
  }
  if (verdict.reason === 'limited')
    return { code: 454, enhanced: '4.7.0', text: 'Too many attempts, please try again later', close: true };
  if (verdict.reason === 'protocol')
    return { code: 535, enhanced: '5.7.8', text: 'Mail programs are switched off for this account' };
  return refused(session);
}

function refused(session: SmtpSession): Reply {
  session.signIns++;
  return {
    code: 535,
    enhanced: '5.7.8',
    text: 'User name or password is wrong',
    close: session.signIns >= LIMITS.signIns,
  };
}
