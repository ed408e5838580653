import type { MailAccount } from '../ports.ts';
import { DELIMITER } from '../protocol/imap/index.ts';
import type { Mailbox, Scope } from '../store/index.ts';
import { Refusal } from './command.ts';
import type { Person, Session } from './session.ts';

/** Under this name stand the unit mailboxes that a person is a member of (RFC 2342, other users' namespace). */
export const OTHER_USERS = 'Other Users';

/** Where a mailbox name points: whose mail, and the path inside it. */
export interface Place {
  account: MailAccount;
  scope: Scope;
  path: string;
  /** What goes before a path of this account in a name. */
  prefix: string;
}

/** The signed-in person; commands for the authenticated state run with one only. */
export function personOf(session: Session): Person {
  if (!session.person) throw new Refusal('Sign in first');
  return session.person;
}

/** The accounts that the person may see: own first, then unit mailboxes. */
export async function accountsOf(session: Session): Promise<Place[]> {
  const person = personOf(session);
  const accounts = await session.deps.addressBook.mailboxes(session.deps.db, person.accountId);
  return accounts.map((account) => placeOf(person, account, ''));
}

function placeOf(person: Person, account: MailAccount, path: string): Place {
  const own = account.accountId === person.accountId;
  return {
    account,
    scope: { accountId: account.accountId, readerId: person.accountId },
    path,
    prefix: own ? '' : `${OTHER_USERS}${DELIMITER}${account.address}${DELIMITER}`,
  };
}

/** Finds whose mail a name speaks of; undefined when it is a level of the namespace, or nobody's. */
export async function findPlace(session: Session, name: string): Promise<Place | undefined> {
  const person = personOf(session);
  const accounts = await session.deps.addressBook.mailboxes(session.deps.db, person.accountId);
  if (name !== OTHER_USERS && !name.startsWith(OTHER_USERS + DELIMITER)) {
    const own = accounts.find((account) => account.accountId === person.accountId);
    return own && placeOf(person, own, name);
  }
  const [, address, ...levels] = name.split(DELIMITER);
  const account = accounts.find(
    (candidate) => candidate.accountId !== person.accountId && candidate.address === address,
  );
  if (!account || levels.length === 0) return undefined;
  const path = levels.join(DELIMITER);
  return placeOf(person, account, /^inbox$/i.test(path) ? 'INBOX' : path);
}

/** The mailbox of a name. `missing` is the response code of the refusal when there is none. */
export async function findMailbox(
  session: Session,
  name: string,
  missing = 'NONEXISTENT',
): Promise<{ place: Place; mailbox: Mailbox }> {
  const place = await findPlace(session, name);
  const mailbox = place && (await session.deps.store.mailboxByPath(session.deps.db, place.scope, place.path));
  if (!place || !mailbox) throw new Refusal("Mailbox doesn't exist", missing);
  return { place, mailbox };
}

/** May the person still see this account? Asked again while a shared mailbox stays selected. */
export async function stillMember(session: Session, accountId: number): Promise<boolean> {
  const person = personOf(session);
  if (person.accountId === accountId) return true;
  const accounts = await session.deps.addressBook.mailboxes(session.deps.db, person.accountId);
  return accounts.some((account) => account.accountId === accountId);
}
