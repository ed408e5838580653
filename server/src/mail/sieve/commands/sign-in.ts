import { capabilityLines, mayAuthenticate } from '../capabilities.ts';
import { LIMITS } from '../limits.ts';
import { readInput } from '../reader.ts';
import type { Command, Reply, SieveSession } from '../types.ts';

/** AUTHENTICATE PLAIN and LOGIN (RFC 5804 §2.1, RFC 4616). */
export const authenticate: Command = {
  when: 'before',
  args: ['string', 'string'],
  optional: 1,
  async run(session, [mechanism, initial]) {
    if (!mayAuthenticate(session))
      return { kind: 'NO', code: 'ENCRYPT-NEEDED', text: 'Encryption is required, use STARTTLS first' };
    const first = typeof initial === 'string' ? initial : undefined;
    switch (String(mechanism).toUpperCase()) {
      case 'PLAIN':
        return plain(session, first);
      case 'LOGIN':
        return login(session, first);
      default:
        return { kind: 'NO', text: 'This mechanism is not known here' };
    }
  },
};

const MALFORMED: Reply = { kind: 'NO', text: 'Malformed credentials' };
const CANCELLED: Reply = { kind: 'NO', text: 'Cancelled' };

async function plain(session: SieveSession, initial: string | undefined): Promise<Reply> {
  const answer = initial ?? (await ask(session, ''));
  if (answer === undefined) return CANCELLED;
  const [authorize, name, password, ...more] = decode(answer)?.split('\0') ?? [];
  if (name === undefined || password === undefined || more.length > 0) return MALFORMED;
  // RFC 4616 §2: acting for somebody else is a right of its own, which nobody has here.
  if (authorize && authorize.toLowerCase() !== name.toLowerCase()) return refused(session);
  return verify(session, name, password);
}

async function login(session: SieveSession, initial: string | undefined): Promise<Reply> {
  const name = initial ?? (await ask(session, 'Username:'));
  if (name === undefined) return CANCELLED;
  const password = await ask(session, 'Password:');
  if (password === undefined) return CANCELLED;
  const [user, secret] = [decode(name), decode(password)];
  return user === undefined || secret === undefined ? MALFORMED : verify(session, user, secret);
}

/** Sends a challenge; undefined when the client cancels or sends something else. */
async function ask(session: SieveSession, challenge: string): Promise<string | undefined> {
  session.socket.write(`"${Buffer.from(challenge).toString('base64')}"\r\n`);
  const input = await readInput(session, true);
  return input.kind === 'string' && input.text !== '*' ? input.text : undefined;
}

function decode(text: string): string | undefined {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? Buffer.from(text, 'base64').toString('utf8')
    : undefined;
}

async function verify(session: SieveSession, name: string, password: string): Promise<Reply> {
  const verdict = await session.parts.clientAuth.verify({
    name,
    password,
    protocol: 'sieve',
    remoteAddress: session.socket.remoteAddress,
    tls: session.socket.tls !== undefined,
  });
  if (verdict.ok) {
    session.account = { accountId: verdict.accountId, address: verdict.address };
    return { kind: 'OK' };
  }
  if (verdict.reason === 'limited')
    return { kind: 'BYE', code: 'TRYLATER', text: 'Too many attempts, please try again later' };
  if (verdict.reason === 'protocol')
    return { kind: 'NO', text: 'Mail programs are switched off for this account' };
  return refused(session);
}

function refused(session: SieveSession): Reply {
  session.signIns++;
  const text = 'User name or password is wrong';
  return session.signIns >= LIMITS.signIns ? { kind: 'BYE', text } : { kind: 'NO', text };
}

/** STARTTLS (RFC 5804 §2.2): the capabilities follow once TLS is there. */
export const starttls: Command = {
  when: 'before',
  args: [],
  run(session) {
    if (session.socket.tls) return { kind: 'NO', text: 'TLS is on already' };
    return { kind: 'OK', text: 'Begin TLS negotiation now', startTls: true };
  },
};

export const capability: Command = {
  when: 'always',
  args: [],
  run: (session) => ({ kind: 'OK', lines: capabilityLines(session) }),
};

export const logout: Command = {
  when: 'always',
  args: [],
  run(session) {
    session.closing = true;
    return { kind: 'OK', text: 'Goodbye' };
  },
};

/** UNAUTHENTICATE (RFC 5804 §2.14.1). */
export const unauthenticate: Command = {
  when: 'after',
  args: [],
  run(session) {
    session.account = undefined;
    return { kind: 'OK' };
  },
};

/** NOOP gives back its argument as a tag (RFC 5804 §2.13). */
export const noop: Command = {
  when: 'always',
  args: ['string'],
  optional: 1,
  run: (_, [tag]) =>
    typeof tag === 'string'
      ? { kind: 'OK', code: `TAG {${Buffer.byteLength(tag)}}\r\n${tag}`, text: 'Done' }
      : { kind: 'OK', text: 'Done' },
};
