import {
  decodeMailboxName,
  type MetadataOptions,
  readEntryNames,
  readEntryValues,
  readMetadataOptions,
  type Scanner,
} from '../../protocol/imap/index.ts';
import type { Scope } from '../../store/index.ts';
import { utf8Names, writeMailbox } from '../arguments.ts';
import { type Command, defineCommand, no, ok, Refusal } from '../command.ts';
import { annotationsLine, chooseAnnotations } from '../metadata.ts';
import { findMailbox, personOf } from '../places.ts';
import { hasRights } from '../rights.ts';
import type { Session } from '../session.ts';

/** One value; larger ones belong into a message (RFC 5464 §4.3 lets us say MAXSIZE). */
const MAX_VALUE = 16_384;

/** Whose annotations a name means: a mailbox's, or with an empty name the person's own account's. */
async function findTarget(
  session: Session,
  name: string,
): Promise<{ scope: Scope; mailboxId: number | undefined; rights: string }> {
  if (name === '') {
    const { accountId } = personOf(session);
    return { scope: { accountId, readerId: accountId }, mailboxId: undefined, rights: 'rw' };
  }
  const { place, mailbox, rights } = await findMailbox(session, name, 'l');
  if (![...'rswipkxtea'].some((letter) => hasRights(rights, letter)))
    throw new Refusal('You have no right to do this here', 'NOPERM');
  return { scope: place.scope, mailboxId: mailbox.id, rights };
}

function readName(scanner: Scanner, session: Session): string {
  return decodeMailboxName(scanner.astring(), utf8Names(session));
}

interface GetArguments {
  options: MetadataOptions;
  name: string;
  entries: readonly string[];
}

/** GETMETADATA (RFC 5464 §4.2). */
export const getMetadata: Command = defineCommand({
  name: 'GETMETADATA',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner: Scanner, session): GetArguments {
    scanner.space();
    let options = readMetadataOptions(scanner);
    const name = readName(scanner, session);
    scanner.space();
    // Erratum 3868: the options may also stand behind the mailbox.
    if (scanner.peek() === '(' && options.maxSize === undefined && options.depth === 0) {
      const entriesOrOptions = readEither(scanner);
      if ('entries' in entriesOrOptions) return { options, name, entries: entriesOrOptions.entries };
      options = entriesOrOptions.options;
    }
    return { options, name, entries: readEntryNames(scanner) };
  },
  async run(session, { options, name, entries }) {
    const { scope, mailboxId } = await findTarget(session, name);
    const all = await session.deps.store.annotations(session.deps.db, scope, mailboxId);
    const chosen = chooseAnnotations(all, entries, options.depth);
    const { maxSize } = options;
    const fitting =
      maxSize === undefined ? chosen : chosen.filter(({ value }) => (value?.length ?? 0) <= maxSize);
    const line = annotationsLine(writeMailbox(session, name), fitting);
    if (line) session.output.line(line);
    const longest = Math.max(0, ...chosen.map(({ value }) => value?.length ?? 0));
    const cut = fitting.length < chosen.length;
    return ok('Getmetadata completed', cut ? `METADATA LONGENTRIES ${longest}` : undefined);
  },
});

function readEither(scanner: Scanner): { entries: string[] } | { options: MetadataOptions } {
  return scanner.startsWith('(/') || scanner.startsWith('("')
    ? { entries: readEntryNames(scanner) }
    : { options: readMetadataOptions(scanner) };
}

/** SETMETADATA (RFC 5464 §4.3). */
export const setMetadata: Command = defineCommand({
  name: 'SETMETADATA',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner: Scanner, session) {
    scanner.space();
    const name = readName(scanner, session);
    scanner.space();
    return { name, values: readEntryValues(scanner) };
  },
  async run(session, { name, values }) {
    const { scope, mailboxId, rights } = await findTarget(session, name);
    const shared = [...values.keys()].some((entry) => entry.startsWith('/shared'));
    if (shared && !hasRights(rights, 'w')) return no('You have no right to do this here', 'NOPERM');
    const tooLong = [...values.values()].some((value) => value !== undefined && value.length > MAX_VALUE);
    if (tooLong) return no('The value is too long', `METADATA MAXSIZE ${MAX_VALUE}`);
    await session.deps.store.annotate(session.deps.db, scope, mailboxId, values);
    return ok('Setmetadata completed');
  },
});
