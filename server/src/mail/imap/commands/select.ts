import { DELIMITER, type Scanner, SYSTEM_FLAGS } from '../../protocol/imap/index.ts';
import { readMailbox, writeMailbox } from '../arguments.ts';
import { type Command, defineCommand, ok, Refusal, type Reply } from '../command.ts';
import { currentRights, findMailbox } from '../places.ts';
import { type QresyncArguments, readSelectParameters, resynchronise } from '../qresync.ts';
import { hasRights } from '../rights.ts';
import { COMMON_KEYWORDS, openMailbox, type Selected } from '../selected.ts';
import type { Session } from '../session.ts';

interface Arguments {
  name: string;
  condstore: boolean;
  qresync: QresyncArguments | undefined;
}

function parse(scanner: Scanner, session: Session): Arguments {
  const name = readMailbox(scanner, session);
  return { name, ...readSelectParameters(scanner, session) };
}

/** SELECT and EXAMINE (RFC 3501 §6.3.1, §6.3.2; CONDSTORE and QRESYNC parameters RFC 7162 §3.1.8, §3.2.5). */
async function run(session: Session, args: Arguments, examine: boolean): Promise<Reply> {
  // RFC 3501 §6.3.1: the old mailbox is left even when the new one cannot be opened; RFC 7162 §3.2.11 says so aloud.
  if (session.selected) {
    session.unselect();
    session.output.line('* OK [CLOSED] Previous mailbox closed');
  }
  if (args.condstore || args.qresync) session.enabled.add('CONDSTORE');
  const { place, mailbox: found, rights } = await findMailbox(session, args.name, 'r');
  // RFC 4314 §4: without any right to change something the mailbox opens read-only.
  const readOnly = examine || ![...'swtie'].some((letter) => hasRights(rights, letter));
  const selected = await openMailbox({
    reader: session.deps.reader,
    watch: session.deps.watch,
    scope: place.scope,
    mailboxId: found.id,
    readOnly,
    wake: () => session.bell.ring(),
    rights,
    currentRights: () => currentRights(session, place.scope.accountId, found.id),
  });
  if (!selected) throw new Refusal("Mailbox doesn't exist", 'NONEXISTENT');
  await describe(session, selected, args.name);
  if (args.qresync) await resynchronise(session, selected, args.qresync);
  session.selected = selected;
  return ok(examine ? 'Examine completed' : 'Select completed', readOnly ? 'READ-ONLY' : 'READ-WRITE');
}

async function describe(session: Session, selected: Selected, name: string): Promise<void> {
  const { output, enabled } = session;
  const { mailbox, view, readOnly } = selected;
  const rev2 = enabled.has('IMAP4REV2');
  output.line(`* FLAGS (${[...SYSTEM_FLAGS, ...COMMON_KEYWORDS].join(' ')})`);
  output.line(`* ${view.uids.length} EXISTS`);
  if (!rev2) output.line('* 0 RECENT');
  const permanent = selected.permanentFlags();
  output.line(`* OK [PERMANENTFLAGS (${permanent})] ${readOnly ? 'Read-only mailbox' : 'Flags permitted'}`);
  output.line(`* OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`);
  output.line(`* OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID`);
  output.line(`* OK [HIGHESTMODSEQ ${mailbox.highestModseq}] Highest`);
  output.line(`* OK [MAILBOXID (F${mailbox.id})] Ok`);
  if (!rev2 && !enabled.has('UIDONLY') && mailbox.unseen > 0) await tellFirstUnseen(session, selected);
  // RFC 9051 §6.3.2: the name as the server knows it.
  if (rev2) output.line(`* LIST () "${DELIMITER}" ${writeMailbox(session, name)}`);
}

/** The number of the first unseen message, which RFC 3501 §6.3.1 has and RFC 9051 dropped. */
async function tellFirstUnseen(session: Session, selected: Selected): Promise<void> {
  const { db, store } = session.deps;
  const uid = await store.firstUnseen(db, selected.scope, selected.mailbox.id);
  const sequence = uid === undefined ? 0 : selected.view.uids.sequenceOf(uid);
  if (sequence > 0) session.output.line(`* OK [UNSEEN ${sequence}] First unseen`);
}

export const select: Command = defineCommand({
  name: 'SELECT',
  when: 'authenticated',
  updates: 'no',
  parse,
  run: (session, args) => run(session, args, false),
});

export const examine: Command = defineCommand({
  name: 'EXAMINE',
  when: 'authenticated',
  updates: 'no',
  parse,
  run: (session, args) => run(session, args, true),
});
