import { type Scanner, SYSTEM_FLAGS } from '../../protocol/imap/index.ts';
import { readMailbox } from '../arguments.ts';
import { type Command, defineCommand, ok, Refusal, type Reply } from '../command.ts';
import { findMailbox, stillMember } from '../places.ts';
import { type QresyncArguments, readSelectParameters, resynchronise } from '../qresync.ts';
import { COMMON_KEYWORDS, openMailbox } from '../selected.ts';
import type { Session } from '../session.ts';

interface Arguments {
  name: string;
  condstore: boolean;
  qresync: QresyncArguments | undefined;
}

function parse(scanner: Scanner, session: Session): Arguments {
  const name = readMailbox(scanner);
  return { name, ...readSelectParameters(scanner, session) };
}

/** SELECT and EXAMINE (RFC 3501 §6.3.1, §6.3.2; CONDSTORE and QRESYNC parameters RFC 7162 §3.1.8, §3.2.5). */
async function run(session: Session, args: Arguments, readOnly: boolean): Promise<Reply> {
  // RFC 3501 §6.3.1: the old mailbox is left even when the new one cannot be opened; RFC 7162 §3.2.11 says so aloud.
  if (session.selected) {
    session.unselect();
    session.output.line('* OK [CLOSED] Previous mailbox closed');
  }
  if (args.condstore || args.qresync) session.enabled.add('CONDSTORE');
  const { place, mailbox: found } = await findMailbox(session, args.name);
  const selected = await openMailbox({
    reader: session.deps.reader,
    watch: session.deps.watch,
    scope: place.scope,
    mailboxId: found.id,
    readOnly,
    wake: () => session.bell.ring(),
    stillAllowed: () => stillMember(session, place.scope.accountId),
  });
  if (!selected) throw new Refusal("Mailbox doesn't exist", 'NONEXISTENT');
  const { mailbox, view } = selected;
  const { output } = session;
  output.line(`* FLAGS (${[...SYSTEM_FLAGS, ...COMMON_KEYWORDS].join(' ')})`);
  output.line(`* ${view.uids.length} EXISTS`);
  output.line('* 0 RECENT');
  const permanent = readOnly ? '' : [...SYSTEM_FLAGS, ...COMMON_KEYWORDS, '\\*'].join(' ');
  output.line(`* OK [PERMANENTFLAGS (${permanent})] ${readOnly ? 'Read-only mailbox' : 'Flags permitted'}`);
  output.line(`* OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`);
  output.line(`* OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID`);
  output.line(`* OK [HIGHESTMODSEQ ${mailbox.highestModseq}] Highest`);
  output.line(`* OK [MAILBOXID (F${mailbox.id})] Ok`);
  if (args.qresync) await resynchronise(session, selected, args.qresync);
  session.selected = selected;
  return ok(readOnly ? 'Examine completed' : 'Select completed', readOnly ? 'READ-ONLY' : 'READ-WRITE');
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
