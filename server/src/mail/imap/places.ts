import type { MailAccount } from '../ports.ts';
import { DELIMITER } from '../protocol/imap/index.ts';
import type { Mailbox, Scope } from '../store/index.ts';
import { Refusal } from './command.ts';
import { ALL_RIGHTS, hasRights, MEMBER_RIGHTS, parseRights } from './rights.ts';
import type { Person, Session } from './session.ts';

/** Under this name stand unit mailboxes and what others share (RFC 2342, other users' namespace). */
export const OTHER_USERS = 'Other Users';

/** Where a mailbox name points: whose mail, and the path inside it. */
export interface Place {
  kind: 'own' | 'unit' | 'granted';
  scope: Scope;
  address: string;
  /** Undefined for one's own, whose quota is looked up when it is needed. */
  account: MailAccount | undefined;
  path: string;
  /** What goes before a path of this account in a name. */
  prefix: string;
  /** The person's rights in a mailbox of the account. */
  rights(mailboxId: number): string;
}

/** The signed-in person; commands for the authenticated state run with one only. */
export function personOf(session: Session): Person {
  if (!session.person) throw new Refusal('Sign in first');
  return session.person;
}

function ownPlace(person: Person, path: string): Place {
  return {
    kind: 'own',
    scope: { accountId: person.accountId, readerId: person.accountId },
    address: person.address,
    account: undefined,
    path,
    prefix: '',
    rights: () => ALL_RIGHTS,
  };
}

function otherPlace(
  person: Person,
  account: MailAccount,
  kind: Place['kind'],
  rights: Place['rights'],
): Place {
  return {
    kind,
    scope: { accountId: account.accountId, readerId: person.accountId },
    address: account.address,
    account,
    path: '',
    prefix: `${OTHER_USERS}${DELIMITER}${account.address}${DELIMITER}`,
    rights,
  };
}

/** Unit mailboxes of which the person is a member, then accounts that share something with him. */
async function othersOf(session: Session): Promise<Place[]> {
  const person = personOf(session);
  const { db, addressBook, store } = session.deps;
  const units = (await addressBook.mailboxes(db, person.accountId)).filter(
    (account) => account.accountId !== person.accountId,
  );
  const granted = await store.granted(db, person.accountId);
  for (const unit of units) granted.delete(unit.accountId);
  const sharers = granted.size === 0 ? [] : await addressBook.accounts(db, [...granted.keys()]);
  return [
    ...units.map((account) => otherPlace(person, account, 'unit', () => MEMBER_RIGHTS)),
    ...sharers.map((account) => {
      const letters = granted.get(account.accountId);
      return otherPlace(
        person,
        account,
        'granted',
        (mailboxId) => parseRights(letters?.get(mailboxId) ?? '') ?? '',
      );
    }),
  ];
}

/** The accounts that the person may see something of: own first. */
export async function accountsOf(session: Session): Promise<Place[]> {
  return [ownPlace(personOf(session), ''), ...(await othersOf(session))];
}

/** Finds whose mail a name speaks of; undefined when it is a level of the namespace, or nobody's. */
export async function findPlace(session: Session, name: string): Promise<Place | undefined> {
  if (name !== OTHER_USERS && !name.startsWith(OTHER_USERS + DELIMITER)) {
    return ownPlace(personOf(session), name);
  }
  const [, address, ...levels] = name.split(DELIMITER);
  const place = (await othersOf(session)).find((candidate) => candidate.address === address);
  if (!place || levels.length === 0) return undefined;
  const path = levels.join(DELIMITER);
  return { ...place, path: /^inbox$/i.test(path) ? 'INBOX' : path };
}

export interface FoundMailbox {
  place: Place;
  mailbox: Mailbox;
  rights: string;
}

/**
 * The mailbox of a name, if the person has all the rights `needs` in it. `missing` is the response code of the refusal
 * when there is none; one that he may not even list is not there for him (RFC 4314 §6).
 */
export async function findMailbox(
  session: Session,
  name: string,
  needs: string,
  missing = 'NONEXISTENT',
): Promise<FoundMailbox> {
  const place = await findPlace(session, name);
  const mailbox = place && (await session.deps.store.mailboxByPath(session.deps.db, place.scope, place.path));
  const rights = mailbox ? place.rights(mailbox.id) : '';
  if (!place || !mailbox || rights === '') throw new Refusal("Mailbox doesn't exist", missing);
  if (hasRights(rights, needs)) return { place, mailbox, rights };
  if (!hasRights(rights, 'l')) throw new Refusal("Mailbox doesn't exist", missing);
  throw new Refusal('You have no right to do this here', 'NOPERM');
}

/** May the person make a mailbox at the path of a place? That takes `k` on the nearest level above it. */
export async function checkCreate(session: Session, place: Place): Promise<void> {
  if (place.kind !== 'granted') return;
  const { db, store } = session.deps;
  for (let path = place.path; path.includes(DELIMITER); ) {
    path = path.slice(0, path.lastIndexOf(DELIMITER));
    const parent = await store.mailboxByPath(db, place.scope, path);
    if (parent && hasRights(place.rights(parent.id), 'k')) return;
    if (parent) break;
  }
  throw new Refusal('You have no right to do this here', 'NOPERM');
}

/** The person's rights in a mailbox as they are now; asked again while another's mailbox stays selected. */
export async function currentRights(session: Session, accountId: number, mailboxId: number): Promise<string> {
  const person = personOf(session);
  if (person.accountId === accountId) return ALL_RIGHTS;
  const { db, addressBook, store } = session.deps;
  const accounts = await addressBook.mailboxes(db, person.accountId);
  if (accounts.some((account) => account.accountId === accountId)) return MEMBER_RIGHTS;
  const granted = await store.granted(db, person.accountId, accountId);
  return parseRights(granted.get(accountId)?.get(mailboxId) ?? '') ?? '';
}

/** Octets that the account of a place may hold. */
export async function quotaOf(session: Session, place: Place): Promise<number | undefined> {
  if (place.account) return place.account.quotaBytes;
  const { db, addressBook } = session.deps;
  const [own] = await addressBook.accounts(db, [place.scope.accountId]);
  return own?.quotaBytes;
}
