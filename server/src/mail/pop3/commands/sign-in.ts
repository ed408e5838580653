import { LIMITS } from '../limits.ts';
import type { Handler, Maildrop, Pop3Session, Reply } from '../types.ts';

/** Passwords travel under TLS only; the machine itself may speak in the clear. */
export function authAllowed(session: Pop3Session): boolean {
  return session.socket.tls !== undefined || session.loopback;
}

const INSECURE: Reply = { kind: 'no', text: '[SYS/PERM] Encryption is required, use STLS first' };

export const user: Handler = (session, [name]) => {
  if (!authAllowed(session)) return INSECURE;
  if (!name) return { kind: 'no', text: 'USER needs a name' };
  session.user = name;
  return { kind: 'ok', text: 'Now the password' };
};

/** The password is the rest of the line: it may hold spaces (RFC 1939 §7). */
export const pass: Handler = async (session, args) => {
  const name = session.user;
  session.user = undefined;
  if (!authAllowed(session)) return INSECURE;
  if (name === undefined) return { kind: 'no', text: 'USER comes first' };
  return signIn(session, name, args.join(' '));
};

/** AUTH PLAIN and LOGIN (RFC 5034); without a mechanism it lists them. */
export const auth: Handler = async (session, [mechanism, initial]) => {
  if (mechanism === undefined) return { kind: 'many', text: 'Mechanisms', lines: ['PLAIN', 'LOGIN'] };
  if (!authAllowed(session)) return INSECURE;
  switch (mechanism.toUpperCase()) {
    case 'PLAIN': {
      const answer = decode(initial ?? (await ask(session, '')));
      const [authorize, name, password, ...more] = answer?.split('\0') ?? [];
      if (name === undefined || password === undefined || more.length > 0)
        return { kind: 'no', text: 'Malformed credentials' };
      if (authorize && authorize.toLowerCase() !== name.toLowerCase()) return refused(session);
      return signIn(session, name, password);
    }
    case 'LOGIN': {
      const name = decode(initial ?? (await ask(session, 'Username:')));
      const password = name === undefined ? undefined : decode(await ask(session, 'Password:'));
      if (name === undefined || password === undefined) return { kind: 'no', text: 'Malformed credentials' };
      return signIn(session, name, password);
    }
    default:
      return { kind: 'no', text: 'This mechanism is not known here' };
  }
};

async function ask(session: Pop3Session, prompt: string): Promise<string> {
  session.socket.write(`+ ${Buffer.from(prompt).toString('base64')}\r\n`);
  const line = await session.socket.readLine(LIMITS.line, LIMITS.idleMs);
  return line.kind === 'line' ? line.bytes.toString('latin1').trim() : '*';
}

function decode(answer: string): string | undefined {
  if (answer === '=') return '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(answer)) return undefined;
  return Buffer.from(answer, 'base64').toString('utf8');
}

async function signIn(session: Pop3Session, name: string, password: string): Promise<Reply> {
  const { clientAuth } = session.parts;
  const verdict = await clientAuth.verify({
    name,
    password,
    protocol: 'pop3',
    remoteAddress: session.socket.remoteAddress,
    tls: session.socket.tls !== undefined,
  });
  if (!verdict.ok) {
    if (verdict.reason === 'limited')
      return { kind: 'no', text: '[SYS/TEMP] Too many attempts, please try again later', close: true };
    if (verdict.reason === 'protocol')
      return { kind: 'no', text: '[AUTH] POP3 is switched off for this account' };
    return refused(session);
  }
  session.maildrop = await openMaildrop(session, verdict.accountId);
  session.accountId = verdict.accountId;
  return { kind: 'ok', text: `Welcome, ${session.maildrop.messages.length} messages` };
}

function refused(session: Pop3Session): Reply {
  session.signIns++;
  return {
    kind: 'no',
    text: '[AUTH] User name or password is wrong',
    close: session.signIns >= LIMITS.signIns,
  };
}

async function openMaildrop(session: Pop3Session, accountId: number): Promise<Maildrop> {
  const { db, store } = session.parts;
  const scope = { accountId, readerId: accountId };
  const mailboxes = await store.mailboxes(db, scope);
  const inbox = mailboxes.find((mailbox) => mailbox.role === 'inbox');
  const entries = inbox ? await store.entries(db, scope, inbox.id) : [];
  return {
    scope,
    mailboxId: inbox?.id ?? 0,
    uidValidity: inbox?.uidValidity ?? 0,
    messages: entries.map(({ uid, messageId, size }) => ({ uid, messageId, size, deleted: false })),
    read: new Set(),
  };
}
