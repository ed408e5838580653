import {
  ImapSyntaxError,
  readSearchArguments,
  type Scanner,
  type SearchArguments,
  type SearchKey,
  type SearchReturns,
} from '../../protocol/imap/index.ts';
import { asRanges, refuseNumbers, selectedOf } from '../arguments.ts';
import { type Command, defineCommand, ok, type Reply } from '../command.ts';
import { mentionsModseq, toCriterion } from '../criterion.ts';
import { endsOnly, esearchLine, toldResults } from '../esearch.ts';
import type { Selected } from '../selected.ts';
import type { Session } from '../session.ts';

/** SEARCH and UID SEARCH (RFC 3501 §6.4.4), with ESEARCH (RFC 4731), SAVE (RFC 5182) and MODSEQ (RFC 7162 §3.1.5). */
function searchCommand(byUid: boolean): Command {
  return defineCommand({
    name: byUid ? 'UID SEARCH' : 'SEARCH',
    when: 'selected',
    updates: byUid ? 'yes' : 'noExpunge',
    parse(scanner: Scanner, session: Session) {
      scanner.space();
      if (!byUid) refuseNumbers(session);
      return readSearchArguments(scanner, session.enabled.has('UTF8=ACCEPT'));
    },
    run: (session, args) => run(session, args, byUid),
  });
}

/** RFC 9051 §6.4.4: after ENABLE IMAP4rev2 every search is answered by ESEARCH. */
const ALL: SearchReturns = { items: new Set(['ALL']), partial: undefined };

async function run(session: Session, args: SearchArguments, byUid: boolean): Promise<Reply> {
  const selected = selectedOf(session);
  const returns = args.returns ?? (session.enabled.has('IMAP4REV2') ? ALL : undefined);
  const found = await searchView(session, selected, args.key, returns?.items.has('SAVE') ?? false);
  const numbers = byUid ? found.uids : found.uids.map((uid) => selected.view.uids.sequenceOf(uid));
  const modseq =
    found.modseq !== undefined && found.uids.length > 0
      ? await modseqOf(session, selected, found.uids, found.modseq, returns)
      : undefined;
  if (returns) {
    if (returns.items.has('SAVE')) selected.saved = toldResults(found.uids, returns);
    const only = returns.items.has('SAVE') && returns.items.size === 1;
    if (!only) session.output.line(esearchLine({ tag: session.tag, byUid, returns, numbers, modseq }));
  } else {
    const tail = modseq === undefined ? '' : ` (MODSEQ ${modseq})`;
    session.output.line(`${['* SEARCH', ...numbers].join(' ')}${tail}`);
  }
  return ok('Search completed');
}

/**
 * UIDs of the view that match, ascending; with the highest modseq when the client asked for it by the criterion.
 * A search that is to be saved and fails leaves nothing saved (RFC 5182 §2.1).
 */
export async function searchView(
  session: Session,
  selected: Selected,
  key: SearchKey,
  save = false,
): Promise<{ uids: number[]; modseq: number | undefined }> {
  const withModseq = mentionsModseq(key);
  if (withModseq) session.enabled.add('CONDSTORE');
  const { db, store, clock } = session.deps;
  const criterion = toCriterion(key, selected, clock.now(), session.enabled.has('UIDONLY'));
  try {
    const found = await store.search(db, selected.scope, selected.mailbox.id, criterion);
    // Messages that the client has not been told of yet have no number, and are none of its business.
    const { view } = selected;
    const uids = found.uids.filter((uid) => view.uids.sequenceOf(uid) > 0 && !view.isGone(uid));
    return { uids, modseq: withModseq ? found.modseq : undefined };
  } catch (error) {
    if (save && !(error instanceof ImapSyntaxError)) selected.saved = [];
    throw error;
  }
}

/** RFC 7162 §3.1.10: MODSEQ is that of the messages that the answer names. */
async function modseqOf(
  session: Session,
  selected: Selected,
  uids: readonly number[],
  highest: number,
  returns: SearchReturns | undefined,
): Promise<number> {
  if (!returns || !endsOnly(returns)) return highest;
  const { db, store } = session.deps;
  const told = asRanges(toldResults(uids, returns));
  const states = await store.flags(db, selected.scope, selected.mailbox.id, told);
  return states.reduce((max, state) => Math.max(max, state.modseq), 0);
}

export const search = searchCommand(false);
export const uidSearch = searchCommand(true);
