import { openBlob } from '../blobs.ts';
import { accountOf, type Context, type JmapAccount, MAIL, type Method } from '../context.ts';
import { readKeywords, readMailboxIds, readReceivedAt } from '../email/placement.ts';
import { invalidArguments, invalidProperties, MethodError, SetFailure } from '../errors.ts';
import * as ids from '../ids.ts';
import { entriesOf, isObject, type JsonObject } from '../json.ts';
import { CORE_LIMITS } from '../limits.ts';
import { attempt, newSetResult, remember, type SetResult, setAnswer } from '../set.ts';

/** Email/import (RFC 8621 §4.8): makes Emails of uploaded messages, byte for byte. */
export const emailImport: Method = {
  name: 'Email/import',
  capability: MAIL,
  async run(context, args) {
    const { db, store } = context.deps;
    const account = accountOf(context, args);
    const emails = entriesOf(args.object('emails') ?? {});
    if (emails.length > CORE_LIMITS.maxObjectsInSet) throw new MethodError('requestTooLarge');
    const oldState = String(await store.state(db, account.scope.accountId));
    const ifInState = args.maybeString('ifInState');
    if (ifInState !== undefined && ifInState !== oldState) throw new MethodError('stateMismatch');
    const known = new Set((await store.mailboxes(db, account.scope)).map((mailbox) => mailbox.id));
    const result = newSetResult();
    for (const [key, value] of emails) {
      if (!isObject(value)) throw invalidArguments('emails must hold objects', ['emails']);
      await attempt(result.notCreated, key, () => importOne(context, account, known, result, key, value));
    }
    const newState = String(await store.state(db, account.scope.accountId));
    const { created, notCreated } = setAnswer(account.id, oldState, newState, result);
    return { accountId: account.id, oldState, newState, created, notCreated };
  },
};

async function importOne(
  context: Context,
  account: JmapAccount,
  known: ReadonlySet<number>,
  result: SetResult,
  key: string,
  value: JsonObject,
): Promise<void> {
  const { db, store, clock, maxMessageBytes } = context.deps;
  const { blobId } = value;
  if (typeof blobId !== 'string') throw invalidProperties(['blobId'], 'must be a string');
  const mailboxIds = readMailboxIds(context, value['mailboxIds'], known);
  const { flags, keywords } = readKeywords(value['keywords'] ?? null);
  const receivedAt = readReceivedAt(value['receivedAt'], clock.now());
  const blob = await openBlob(context.deps, account.scope, blobId);
  if (!blob) throw new SetFailure('blobNotFound', 'no such blob', { notFound: [blobId] });
  if ((blob.size ?? 0) > maxMessageBytes) throw new SetFailure('tooLarge');
  const writer = store.newBody({ maxBytes: maxMessageBytes });
  try {
    for await (const chunk of blob.read()) await writer.write(chunk);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const size = writer.size;
  if (size === 0) throw new SetFailure('invalidEmail', 'the message is empty');
  const items = [{ body: await writer.finish(), mailboxIds, flags, keywords, receivedAt }];
  const [made] = await store.append(db, account.scope, items, { quotaBytes: account.mail.quotaBytes });
  if (!made) throw new Error('append made nothing');
  const id = ids.emailId(made.messageId);
  const newBlob = ids.blobIdText({ kind: 'message', messageId: made.messageId });
  remember(context, result, key, id, { id, blobId: newBlob, threadId: ids.threadId(made.threadId), size });
}
