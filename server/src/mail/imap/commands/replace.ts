import { transaction } from '../../../kit/db/index.ts';
import {
  decodeMailboxName,
  ImapSyntaxError,
  type MessageSet,
  readAppendOptions,
  readMessageSet,
  STAR,
} from '../../protocol/imap/index.ts';
import type { AppendStep } from '../append-reader.ts';
import { asRanges, named, utf8Names, writableOf } from '../arguments.ts';
import { type Command, ok, Refusal, type Reply } from '../command.ts';
import { findMailbox, quotaOf } from '../places.ts';
import { hasRights } from '../rights.ts';
import type { Session } from '../session.ts';
import { beforeMessage, receiveItems } from './append.ts';

/** REPLACE and UID REPLACE (RFC 8508): one message in place of another, both or nothing. */
function replaceCommand(byUid: boolean): Command {
  return {
    name: byUid ? 'UID REPLACE' : 'REPLACE',
    when: 'selected',
    updates: 'yes',
    prepare({ scanner, message }, session) {
      scanner.space();
      const set = readMessageSet(scanner);
      scanner.space();
      const name = decodeMailboxName(scanner.astring(), utf8Names(session));
      scanner.space();
      const options = readAppendOptions(scanner);
      scanner.end();
      if (!message) throw new ImapSyntaxError('Expected a message literal');
      return () => run(session, set, name, { options, message }, byUid);
    },
  };
}

async function run(
  session: Session,
  set: MessageSet,
  name: string,
  step: AppendStep,
  byUid: boolean,
): Promise<Reply> {
  const { db, store } = session.deps;
  const { selected, uid, target } = await beforeMessage(session, step.message, async () => {
    const open = writableOf(session, 'e');
    if (!hasRights(open.rights, 't')) throw new Refusal('You have no right to do this here', 'NOPERM');
    return {
      selected: open,
      uid: oneUid(session, set, byUid),
      target: await findMailbox(session, name, 'i', 'TRYCREATE'),
    };
  });
  const items = await receiveItems(session, step, target.mailbox.id, target.rights);
  if (items.length !== 1) throw new ImapSyntaxError('REPLACE takes one message');
  const quotaBytes = await quotaOf(session, target.place);
  const appended = await transaction(db, async (tx) => {
    const gone = await store.expunge(tx, selected.scope, selected.mailbox.id, {
      uids: asRanges([uid]),
      any: true,
    });
    if (gone.uids.length === 0) throw new Refusal('The message has gone', 'EXPUNGEISSUED');
    return store.append(tx, target.place.scope, items, quotaBytes === undefined ? {} : { quotaBytes });
  });
  selected.touch();
  const [entry] = appended.flatMap((message) => message.entries);
  session.output.line(`* OK [APPENDUID ${target.mailbox.uidValidity} ${entry?.uid ?? 0}] Replacement stored`);
  return ok('Replace completed');
}

function oneUid(session: Session, set: MessageSet, byUid: boolean): number {
  const [range] = set === 'saved' ? [] : set;
  const single = set !== 'saved' && set.length === 1 && range?.low === range?.high;
  if (!single || !session.selected) throw new ImapSyntaxError('REPLACE takes one message');
  const { uids } = named(session, session.selected, set, byUid);
  const [uid] = uids;
  if (uid === undefined || (byUid && range?.low !== STAR && range?.low !== uid))
    throw new Refusal('The message has gone', 'EXPUNGEISSUED');
  return uid;
}

export const replace: Command = replaceCommand(false);
export const uidReplace: Command = replaceCommand(true);
