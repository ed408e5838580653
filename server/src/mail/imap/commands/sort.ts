import {
  readSortArguments,
  type Scanner,
  type SortArguments,
  type SortCriterion,
} from '../../protocol/imap/index.ts';
import type { MailboxSort } from '../../store/index.ts';
import { asRanges, refuseNumbers, selectedOf } from '../arguments.ts';
import { type Command, defineCommand, ok, type Reply } from '../command.ts';
import { esearchLine, toldResults } from '../esearch.ts';
import type { Session } from '../session.ts';
import { searchView } from './search.ts';

/** SORT and UID SORT (RFC 5256), with DISPLAYFROM and DISPLAYTO (RFC 5957) and ESORT (RFC 5267 §3). */
function sortCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID SORT' : 'SORT',
    when: 'selected',
    updates: byUid ? 'yes' : 'noExpunge',
    parse(scanner: Scanner, session: Session) {
      scanner.space();
      if (!byUid) refuseNumbers(session);
      return readSortArguments(scanner);
    },
    run: (session, args) => run(session, args, byUid),
  });
}

const KEYS: Record<SortCriterion['by'], MailboxSort['by']> = {
  ARRIVAL: 'arrival',
  CC: 'cc',
  DATE: 'date',
  DISPLAYFROM: 'displayFrom',
  DISPLAYTO: 'displayTo',
  FROM: 'from',
  SIZE: 'size',
  SUBJECT: 'subject',
  TO: 'to',
};

async function run(session: Session, args: SortArguments, byUid: boolean): Promise<Reply> {
  const selected = selectedOf(session);
  const { returns } = args;
  const save = returns?.items.has('SAVE') ?? false;
  const found = await searchView(session, selected, args.key, save);
  const keys = args.criteria.map(({ by, descending }) => ({ by: KEYS[by], descending }));
  const { db, store } = session.deps;
  const sorted =
    found.uids.length === 0
      ? []
      : await store.sortUids(db, selected.scope, selected.mailbox.id, asRanges(found.uids), keys);
  const numbers = byUid ? sorted : sorted.map((uid) => selected.view.uids.sequenceOf(uid));
  const modseq = sorted.length > 0 ? found.modseq : undefined;
  if (returns) {
    if (save) selected.saved = toldResults(sorted, returns).sort((a, b) => a - b);
    if (!(save && returns.items.size === 1))
      session.output.line(esearchLine({ tag: session.tag, byUid, returns, numbers, modseq }));
  } else {
    const tail = modseq === undefined ? '' : ` (MODSEQ ${modseq})`;
    session.output.line(`${['* SORT', ...numbers].join(' ')}${tail}`);
  }
  return ok('Sort completed');
}

export const sort = sortCommand(false);
export const uidSort = sortCommand(true);
