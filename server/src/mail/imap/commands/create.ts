import { ImapSyntaxError, type Scanner } from '../../protocol/imap/index.ts';
import type { Role } from '../../store/index.ts';
import { readMailbox } from '../arguments.ts';
import { defineCommand, no, ok, Refusal } from '../command.ts';
import { checkCreate, findPlace } from '../places.ts';
import { roleOfAttribute } from '../roles.ts';

/** CREATE (RFC 3501 §6.3.3) with USE (RFC 6154 §3). */
export const create = defineCommand({
  name: 'CREATE',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner, session) {
    const name = readMailbox(scanner, session);
    return { name, role: readUse(scanner) };
  },
  async run(session, { name, role }) {
    const place = await findPlace(session, name);
    if (!place || place.path === '') throw new Refusal('Mailboxes cannot be made here', 'CANNOT');
    if (place.path === 'INBOX') return no('INBOX exists already', 'ALREADYEXISTS');
    if (role && place.prefix !== '') return no('Shared mailboxes have no special use', 'USEATTR');
    await checkCreate(session, place);
    const mailbox = await session.deps.store.createMailbox(session.deps.db, place.scope, {
      path: place.path,
      role,
    });
    return ok('Create completed', `MAILBOXID (F${mailbox.id})`);
  },
});

function readUse(scanner: Scanner): Role | undefined {
  if (!scanner.accept(' ')) return undefined;
  let role: Role | undefined;
  scanner.list(() => {
    scanner.expect('USE');
    scanner.space();
    const attributes = scanner.list(() => {
      scanner.expect('\\');
      return `\\${scanner.atom()}`;
    }, 10);
    const roles = attributes.map(roleOfAttribute);
    // One folder holds one role at most (RFC 6154 §3 lets us refuse).
    if (roles.length > 1 || roles.includes(undefined)) {
      throw new ImapSyntaxError('Special use not supported', { code: 'USEATTR', refusal: true });
    }
    role = roles[0];
  }, 1);
  return role;
}
