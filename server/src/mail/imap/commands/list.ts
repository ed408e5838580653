import { type ListArguments, readListArguments, type Scanner } from '../../protocol/imap/index.ts';
import { writeMailbox } from '../arguments.ts';
import { defineCommand, ok } from '../command.ts';
import { type Folder, folders, patternsOf } from '../folders.ts';
import { annotationsLine, chooseAnnotations } from '../metadata.ts';
import { formatRights, hasRights } from '../rights.ts';
import { attributeOfRole } from '../roles.ts';
import type { Session } from '../session.ts';
import { tellStatus } from '../status-line.ts';

/** LIST (RFC 3501 §6.3.8) with LIST-EXTENDED, -STATUS, -MYRIGHTS, -METADATA, SPECIAL-USE and CHILDREN. */
export const list = defineCommand({
  name: 'LIST',
  when: 'authenticated',
  updates: 'yes',
  parse(scanner: Scanner) {
    scanner.space();
    return readListArguments(scanner);
  },
  async run(session, args) {
    const [only] = args.patterns;
    // RFC 3501 §6.3.8: an empty pattern asks for the delimiter.
    if (!args.extended && only?.length === 0) {
      session.output.line('* LIST (\\Noselect) "/" ""');
      return ok('List completed');
    }
    const matches = patternsOf(session, args.reference, args.patterns);
    const all = await folders(session);
    for (const folder of all) {
      if (!matches(folder.name)) continue;
      const childInfo =
        args.recursiveMatch &&
        all.some((other) => isBelow(other, folder) && chosen(other, args) && !matches(other.name));
      if (!chosen(folder, args) && !childInfo) continue;
      const extra = childInfo ? ' ("CHILDINFO" ("SUBSCRIBED"))' : '';
      session.output.line(
        `* LIST (${attributes(folder, args).join(' ')}) "/" ${writeMailbox(session, folder.name)}${extra}`,
      );
      await tellReturns(session, folder, args);
      await session.output.spill();
    }
    return ok('List completed');
  },
});

function chosen(folder: Folder, args: ListArguments): boolean {
  if (args.subscribed && !folder.mailbox?.subscribed) return false;
  return !args.specialUseOnly || specialUse(folder) !== undefined;
}

function isBelow(folder: Folder, parent: Folder): boolean {
  return folder.name.startsWith(`${parent.name}/`);
}

/** None on shared folders: a client would file its own sent mail there. */
function specialUse(folder: Folder): string | undefined {
  return folder.shared ? undefined : attributeOfRole(folder.mailbox?.role);
}

function attributes(folder: Folder, args: ListArguments): string[] {
  const names = [folder.hasChildren ? '\\HasChildren' : '\\HasNoChildren'];
  if (!folder.mailbox) names.unshift('\\Noselect');
  if (folder.mailbox?.subscribed && (args.subscribed || args.returns.subscribed)) names.push('\\Subscribed');
  const use = specialUse(folder);
  // RFC 6154 §2 lets the old form carry them too, and clients without LIST-EXTENDED need them.
  if (use) names.push(use);
  return names;
}

async function tellReturns(session: Session, folder: Folder, args: ListArguments): Promise<void> {
  const { mailbox, place, name, rights } = folder;
  const { returns } = args;
  if (!mailbox || !place) return;
  // RFC 5819 §2: a mailbox whose STATUS one may not have is listed without.
  if (returns.status && hasRights(rights, 'r')) await tellStatus(session, name, mailbox, returns.status);
  if (returns.myRights)
    session.output.line(`* MYRIGHTS ${writeMailbox(session, name)} ${formatRights(rights)}`);
  if (returns.metadata) {
    const all = await session.deps.store.annotations(session.deps.db, place.scope, mailbox.id);
    const line = annotationsLine(writeMailbox(session, name), chooseAnnotations(all, returns.metadata, 0));
    if (line) session.output.line(line);
  }
}
