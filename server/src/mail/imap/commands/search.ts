import type { SearchArguments } from '../../protocol/imap/index.ts';
import { formatSet, readSearchArguments, type Scanner } from '../../protocol/imap/index.ts';
import { selectedOf } from '../arguments.ts';
import { type Command, defineCommand, ok, type Reply } from '../command.ts';
import { mentionsModseq, toCriterion } from '../criterion.ts';
import type { Session } from '../session.ts';

/** SEARCH and UID SEARCH (RFC 3501 §6.4.4), with ESEARCH (RFC 4731) and MODSEQ (RFC 7162 §3.1.5). */
function searchCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID SEARCH' : 'SEARCH',
    when: 'selected',
    updates: byUid ? 'yes' : 'noExpunge',
    parse(scanner: Scanner) {
      scanner.space();
      return readSearchArguments(scanner);
    },
    run: (session, args) => run(session, args, byUid),
  });
}

async function run(session: Session, args: SearchArguments, byUid: boolean): Promise<Reply> {
  const selected = selectedOf(session);
  const { view } = selected;
  const withModseq = mentionsModseq(args.key);
  if (withModseq) session.enabled.add('CONDSTORE');
  const criterion = toCriterion(args.key, view, session.deps.clock.now());
  const found = await session.deps.store.search(
    session.deps.db,
    selected.scope,
    selected.mailbox.id,
    criterion,
  );
  // Messages that the client has not been told of yet have no number, and are none of its business.
  const numbers: number[] = [];
  for (const uid of found.uids) {
    const sequence = view.uids.sequenceOf(uid);
    if (sequence > 0 && !view.isGone(uid)) numbers.push(byUid ? uid : sequence);
  }
  const modseq = withModseq && numbers.length > 0 ? found.modseq : undefined;
  if (args.returns) session.output.line(extended(session, args.returns, numbers, byUid, modseq));
  else {
    const tail = modseq === undefined ? '' : ` (MODSEQ ${modseq})`;
    session.output.line(`${['* SEARCH', ...numbers].join(' ')}${tail}`);
  }
  return ok('Search completed');
}

function extended(
  session: Session,
  returns: ReadonlySet<string>,
  numbers: readonly number[],
  byUid: boolean,
  modseq: number | undefined,
): string {
  const parts = [`* ESEARCH (TAG ${JSON.stringify(session.tag)})`];
  if (byUid) parts.push('UID');
  if (numbers.length > 0) {
    if (returns.has('MIN')) parts.push(`MIN ${numbers[0]}`);
    if (returns.has('MAX')) parts.push(`MAX ${numbers.at(-1)}`);
    if (returns.has('ALL')) parts.push(`ALL ${formatSet(numbers)}`);
  }
  if (returns.has('COUNT')) parts.push(`COUNT ${numbers.length}`);
  if (modseq !== undefined) parts.push(`MODSEQ ${modseq}`);
  return parts.join(' ');
}

export const search = searchCommand(false);
export const uidSearch = searchCommand(true);
