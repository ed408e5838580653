import type { Scope } from '../../store/index.ts';
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
  const password = args.join(' ');
  // What cannot say an authorization identity writes `unit*person`.
  const star = name.indexOf('*');
  return star < 0
    ? signIn(session, name, password)
    : signIn(session, name.slice(star + 1), password, name.slice(0, star));
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
      // RFC 4616 §2: who signs in may act for a unit mailbox of which he is a member.
      return signIn(session, name, password, authorize === '' ? undefined : authorize);
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

/** `openFor` is the address whose mail is wanted; one's own when absent. */
async function signIn(
  session: Pop3Session,
  name: string,
  password: string,
  openFor?: string,
): Promise<Reply> {
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
  const accountId = await findMailbox(session, verdict, openFor);
  if (accountId === undefined) return refused(session);
  session.maildrop = await openMaildrop(session, { accountId, readerId: verdict.accountId });
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

/** The account that is opened: one's own, or a unit mailbox. */
async function findMailbox(
  session: Pop3Session,
  person: { accountId: number; address: string },
  openFor: string | undefined,
): Promise<number | undefined> {
  const wanted = openFor?.toLowerCase();
  if (wanted === undefined || wanted === person.address || wanted === person.address.split('@')[0])
    return person.accountId;
  const { db, addressBook } = session.parts;
  const mailboxes = await addressBook.mailboxes(db, person.accountId);
  return mailboxes.find((mailbox) => mailbox.address === wanted)?.accountId;
}

const ALL_UIDS = [{ from: 1, to: Number.POSITIVE_INFINITY }];
const COLUMNS = { details: true, envelope: false, structure: false, preview: false };

async function openMaildrop(session: Pop3Session, scope: Scope): Promise<Maildrop> {
  const { db, store } = session.parts;
  const mailboxes = await store.mailboxes(db, scope);
  const inbox = mailboxes.find((mailbox) => mailbox.role === 'inbox');
  const rows = inbox ? await store.fetchRows(db, scope, inbox.id, ALL_UIDS, COLUMNS) : [];
  return {
    scope,
    mailboxId: inbox?.id ?? 0,
    uidValidity: inbox?.uidValidity ?? 0,
    messages: rows.map(({ uid, messageId = 0, size = 0 }) => ({ uid, messageId, size, deleted: false })),
    read: new Set(),
  };
}
