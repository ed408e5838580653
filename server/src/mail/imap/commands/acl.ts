import { formatString, octets, type Scanner } from '../../protocol/imap/index.ts';
import { ANYONE } from '../../store/index.ts';
import { readMailbox, writeMailbox } from '../arguments.ts';
import { bad, type Command, defineCommand, no, ok, Refusal } from '../command.ts';
import { type FoundMailbox, findMailbox } from '../places.ts';
import { ALL_RIGHTS, formatRights, hasRights, parseRights } from '../rights.ts';
import type { Session } from '../session.ts';

const MAX_IDENTIFIER = 320;

function readIdentifier(scanner: Scanner): string {
  scanner.space();
  return scanner.astringText().slice(0, MAX_IDENTIFIER).toLowerCase();
}

/** The account that an identifier means; its owner is told apart by the caller. */
async function granteeOf(session: Session, identifier: string): Promise<number> {
  if (identifier === 'anyone') return ANYONE;
  // RFC 4314 §2: a server need not take rights away by `-identifier`.
  if (identifier.startsWith('-')) throw new Refusal('Negative rights are not supported', 'CANNOT');
  const { db, addressBook } = session.deps;
  const found = await addressBook.resolve(db, identifier);
  if (found.kind !== 'account' || found.accountKind !== 'person')
    throw new Refusal('There is nobody of this address', 'NONEXISTENT');
  return found.accountId;
}

async function findAdministered(session: Session, name: string): Promise<FoundMailbox> {
  return findMailbox(session, name, 'a');
}

/** GETACL (RFC 4314 §3.3). */
export const getAcl: Command = defineCommand({
  name: 'GETACL',
  when: 'authenticated',
  updates: 'yes',
  parse: readMailbox,
  async run(session, name) {
    const { place, mailbox } = await findAdministered(session, name);
    const { db, store, addressBook } = session.deps;
    const grants = await store.grants(db, place.scope.accountId, mailbox.id);
    const people = new Map(
      (
        await addressBook.accounts(
          db,
          grants.map((grant) => grant.granteeId),
        )
      ).map((account) => [account.accountId, account.address]),
    );
    const pairs = [[place.address, ALL_RIGHTS]];
    for (const { granteeId, rights } of grants) {
      const identifier = granteeId === ANYONE ? 'anyone' : people.get(granteeId);
      if (identifier !== undefined) pairs.push([identifier, rights]);
    }
    const list = pairs.map(
      ([who = '', rights = '']) => `${formatString(octets(who))} ${formatRights(rights)}`,
    );
    session.output.line(`* ACL ${writeMailbox(session, name)} ${list.join(' ')}`);
    return ok('Getacl completed');
  },
});

/** MYRIGHTS (RFC 4314 §3.5). */
export const myRights: Command = defineCommand({
  name: 'MYRIGHTS',
  when: 'authenticated',
  updates: 'yes',
  parse: readMailbox,
  async run(session, name) {
    const { rights } = await findMailbox(session, name, '');
    if (![...'lrikxa'].some((letter) => hasRights(rights, letter)))
      throw new Refusal("Mailbox doesn't exist", 'NONEXISTENT');
    session.output.line(`* MYRIGHTS ${writeMailbox(session, name)} ${formatRights(rights)}`);
    return ok('Myrights completed');
  },
});

/** LISTRIGHTS (RFC 4314 §3.4): the owner keeps everything, others may be given each right by itself. */
export const listRights: Command = defineCommand({
  name: 'LISTRIGHTS',
  when: 'authenticated',
  updates: 'yes',
  parse: (scanner: Scanner, session) => ({
    name: readMailbox(scanner, session),
    identifier: readIdentifier(scanner),
  }),
  async run(session, { name, identifier }) {
    const { place } = await findAdministered(session, name);
    const isOwner = identifier === place.address;
    if (!isOwner) await granteeOf(session, identifier);
    const list = isOwner ? formatRights(ALL_RIGHTS) : `"" ${[...formatRights(ALL_RIGHTS)].join(' ')}`;
    session.output.line(
      `* LISTRIGHTS ${writeMailbox(session, name)} ${formatString(octets(identifier))} ${list}`,
    );
    return ok('Listrights completed');
  },
});

interface Change {
  name: string;
  identifier: string;
  mode: '+' | '-' | '=';
  /** Undefined when a letter is no right. */
  rights: string | undefined;
}

async function change(session: Session, { name, identifier, mode, rights }: Change) {
  const { place, mailbox } = await findAdministered(session, name);
  if (rights === undefined) return bad('Unknown right');
  const granteeId = await granteeOf(session, identifier);
  if (granteeId === place.scope.accountId) return no('The owner keeps all rights', 'CANNOT');
  const { db, store } = session.deps;
  const known = await store.grants(db, place.scope.accountId, mailbox.id);
  const before = known.find((grant) => grant.granteeId === granteeId)?.rights ?? '';
  const letters =
    mode === '='
      ? rights
      : [...ALL_RIGHTS]
          .filter((letter) =>
            mode === '+'
              ? before.includes(letter) || rights.includes(letter)
              : before.includes(letter) && !rights.includes(letter),
          )
          .join('');
  await store.setGrant(db, place.scope, mailbox.id, { granteeId, rights: letters });
  return ok('Rights changed');
}

/** SETACL (RFC 4314 §3.1). */
export const setAcl: Command = defineCommand({
  name: 'SETACL',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner, session): Change {
    const name = readMailbox(scanner, session);
    const identifier = readIdentifier(scanner);
    scanner.space();
    const text = scanner.astringText();
    const mode = text.startsWith('+') ? '+' : text.startsWith('-') ? '-' : '=';
    return { name, identifier, mode, rights: parseRights(mode === '=' ? text : text.slice(1)) };
  },
  run: change,
});

/** DELETEACL (RFC 4314 §3.2). */
export const deleteAcl: Command = defineCommand({
  name: 'DELETEACL',
  when: 'authenticated',
  updates: 'yes',
  parse: (scanner, session): Change => ({
    name: readMailbox(scanner, session),
    identifier: readIdentifier(scanner),
    mode: '=',
    rights: '',
  }),
  run: change,
});
