import {
  decodeMailboxName,
  formatSet,
  ImapSyntaxError,
  type LiteralMarker,
  readAppendOptions,
} from '../../protocol/imap/index.ts';
import type { AppendItem } from '../../store/index.ts';
import { type AppendStep, nextMessage, receiveMessage } from '../append-reader.ts';
import { utf8Names } from '../arguments.ts';
import { type Command, ok, Refusal, type Reply } from '../command.ts';
import { allowedFlags } from '../copy-target.ts';
import { flagBits } from '../flags.ts';
import { LIMITS } from '../limits.ts';
import { findMailbox, quotaOf } from '../places.ts';
import type { Session } from '../session.ts';

/**
 * APPEND (RFC 3501 §6.3.11) with several messages (RFC 3502), answered with APPENDUID (RFC 4315 §3). The OK means
 * that every message is on disk; one failure appends none.
 */
export const append: Command = {
  name: 'APPEND',
  when: 'authenticated',
  updates: 'yes',
  prepare({ scanner, message }, session) {
    scanner.space();
    const name = decodeMailboxName(scanner.astring(), utf8Names(session));
    scanner.space();
    const options = readAppendOptions(scanner);
    scanner.end();
    if (!message) throw new ImapSyntaxError('Expected a message literal');
    return () => run(session, name, { options, message });
  },
};

async function run(session: Session, name: string, first: AppendStep): Promise<Reply> {
  const { db, store } = session.deps;
  const target = await beforeMessage(session, first.message, () =>
    findMailbox(session, name, 'i', 'TRYCREATE'),
  );
  const items = await receiveItems(session, first, target.mailbox.id, target.rights);
  const quotaBytes = await quotaOf(session, target.place);
  const appended = await store.append(
    db,
    target.place.scope,
    items,
    quotaBytes === undefined ? {} : { quotaBytes },
  );
  if (session.selected?.mailbox.id === target.mailbox.id) session.selected.touch();
  const uids = appended.flatMap((message) => message.entries.map((entry) => entry.uid));
  return ok('Append completed', `APPENDUID ${target.mailbox.uidValidity} ${formatSet(uids)}`);
}

/** Takes in the messages of an APPEND or REPLACE up to the end of the command. */
export async function receiveItems(
  session: Session,
  first: AppendStep,
  mailboxId: number,
  rights: string,
): Promise<AppendItem[]> {
  const allowed = allowedFlags(rights);
  const items: AppendItem[] = [];
  for (let step: AppendStep | undefined = first; step; step = await nextMessage(session, step)) {
    const { options, message }: AppendStep = step;
    await beforeMessage(session, message, async () => check(session, message, items.length));
    items.push({
      body: await receiveMessage(session, message),
      mailboxIds: [mailboxId],
      flags: flagBits(options.flags) & allowed.flags,
      keywords: allowed.keywords ? options.flags.keywords : [],
      receivedAt: options.date ?? session.deps.clock.now(),
    });
  }
  return items;
}

function check(session: Session, message: LiteralMarker, count: number): void {
  if (count >= LIMITS.appendMessages) throw new Refusal('Too many messages in one APPEND', 'LIMIT');
  if (message.size === 0) throw new Refusal('An empty message cannot be saved');
  if (message.size > session.deps.maxMessageBytes) throw new Refusal('Message too large', 'TOOBIG');
}

/** Runs a check; when it refuses, what the client sends without waiting is read past first. */
export async function beforeMessage<T>(
  session: Session,
  message: LiteralMarker,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await session.discardMessages(message);
    throw error;
  }
}
