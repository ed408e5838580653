import { transaction } from '../../../kit/db/index.ts';
import type { EmailChange } from '../../store/index.ts';
import { type Blob, openBlob } from '../blobs.ts';
import { accountOf, type Context, type JmapAccount, MAIL, type Method, resolveId } from '../context.ts';
import { writeMessage } from '../email/compose.ts';
import { type DraftPart, readDraft } from '../email/draft.ts';
import { readPatch } from '../email/patch.ts';
import { readKeywords, readMailboxIds, readReceivedAt } from '../email/placement.ts';
import { MethodError, SetFailure } from '../errors.ts';
import * as ids from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { attempt, newSetResult, readSet, remember, type SetResult, setAnswer } from '../set.ts';

/** Email/set (RFC 8621 §4.6). */
export const emailSet: Method = {
  name: 'Email/set',
  capability: MAIL,
  async run(context, args) {
    const { db, store } = context.deps;
    const account = accountOf(context, args);
    const request = readSet(args);
    const oldState = String(await store.state(db, account.scope.accountId));
    if (request.ifInState !== undefined && request.ifInState !== oldState)
      throw new MethodError('stateMismatch');
    const result = newSetResult();
    const known = new Set((await store.mailboxes(db, account.scope)).map((mailbox) => mailbox.id));
    for (const [key, value] of request.create) {
      await attempt(result.notCreated, key, () => create(context, account, known, result, key, value));
    }
    await change(context, account, known, result, request.update, request.destroy);
    return setAnswer(account.id, oldState, String(await store.state(db, account.scope.accountId)), result);
  },
};

async function create(
  context: Context,
  account: JmapAccount,
  known: ReadonlySet<number>,
  result: SetResult,
  key: string,
  value: JsonObject,
): Promise<void> {
  const { db, store, clock, maxMessageBytes } = context.deps;
  const mailboxIds = readMailboxIds(context, value['mailboxIds'], known);
  const { flags, keywords } = readKeywords(value['keywords'] ?? null);
  const receivedAt = readReceivedAt(value['receivedAt'], clock.now());
  const draft = readDraft(value);
  const blobs = await openAll(context, account, draft.body);
  const writer = store.newBody({ maxBytes: maxMessageBytes });
  try {
    const domain = account.mail.address.split('@')[1] ?? 'localhost';
    await writeMessage(writer, draft, { date: clock.now(), domain }, (id) => blobs.get(id));
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const size = writer.size;
  const [made] = await store.append(
    db,
    account.scope,
    [{ body: await writer.finish(), mailboxIds, flags, keywords, receivedAt }],
    { quotaBytes: account.mail.quotaBytes },
  );
  if (!made) throw new Error('append made nothing');
  const id = ids.emailId(made.messageId);
  const blobId = ids.blobIdText({ kind: 'message', messageId: made.messageId });
  remember(context, result, key, id, { id, blobId, threadId: ids.threadId(made.threadId), size });
}

/** Opens every blob that the draft needs; the missing ones are named together (RFC 8621 §4.6, blobNotFound). */
async function openAll(context: Context, account: JmapAccount, body: DraftPart): Promise<Map<string, Blob>> {
  const wanted = new Set<string>();
  const walk = (part: DraftPart): void => {
    if ('blobId' in part.content) wanted.add(part.content.blobId);
    if ('parts' in part.content) part.content.parts.forEach(walk);
  };
  walk(body);
  const found = new Map<string, Blob>();
  for (const id of wanted) {
    const blob = await openBlob(context.deps, account.scope, id);
    if (blob) found.set(id, blob);
  }
  const notFound = [...wanted].filter((id) => !found.has(id));
  if (notFound.length > 0)
    throw new SetFailure('blobNotFound', 'Some attachments are not there', { notFound });
  return found;
}

/** Updates and destroys in one transaction and one state. */
async function change(
  context: Context,
  account: JmapAccount,
  known: ReadonlySet<number>,
  result: SetResult,
  update: readonly [string, JsonObject][],
  destroy: readonly string[],
): Promise<void> {
  const changes: EmailChange[] = [];
  const names = new Map<number, { id: string; failed: SetResult['notUpdated']; done: () => void }>();
  const gone = new Set(destroy);
  for (const [id, patch] of update) {
    await attempt(result.notUpdated, id, async () => {
      if (gone.has(id)) throw new SetFailure('willDestroy');
      const messageId = messageIdOf(context, id);
      changes.push({ messageId, ...readPatch(context, patch, known) });
      names.set(messageId, { id, failed: result.notUpdated, done: () => result.updated.set(id, null) });
    });
  }
  for (const id of destroy) {
    await attempt(result.notDestroyed, id, async () => {
      const messageId = messageIdOf(context, id);
      changes.push({ messageId, mailboxIds: [] });
      names.set(messageId, { id, failed: result.notDestroyed, done: () => result.destroyed.push(id) });
    });
  }
  const missing = await apply(context, account, result, changes, names);
  for (const [messageId, { id, failed, done }] of names) {
    if (missing.has(messageId)) failed.set(id, { type: 'notFound' });
    else done();
  }
}

/**
 * Applies changes; an update that would leave an Email in no mailbox undoes all, is reported, and the others are tried
 * again: a patch must never destroy. Returns the ids that do not exist.
 */
async function apply(
  context: Context,
  account: JmapAccount,
  result: SetResult,
  all: readonly EmailChange[],
  names: Map<number, { id: string }>,
): Promise<Set<number>> {
  const { db, store } = context.deps;
  let changes = all;
  while (changes.length > 0) {
    const wanted = changes;
    const outcome = await transaction(db, async (tx) => {
      const done = await store.updateEmails(tx, account.scope, wanted);
      const meant = new Set(
        wanted.filter((item) => item.mailboxIds?.length === 0).map((item) => item.messageId),
      );
      const emptied = done.destroyed.filter((id) => !meant.has(id));
      if (emptied.length > 0) throw new Emptied(emptied);
      return done;
    }).catch((error: unknown) => {
      if (error instanceof Emptied) return error;
      throw error;
    });
    if (!(outcome instanceof Emptied)) return new Set(outcome.notFound);
    for (const messageId of outcome.messageIds) {
      const id = names.get(messageId)?.id ?? '';
      names.delete(messageId);
      const description = 'an Email is in one mailbox at least';
      result.notUpdated.set(id, { type: 'invalidProperties', properties: ['mailboxIds'], description });
    }
    changes = changes.filter((item) => !outcome.messageIds.includes(item.messageId));
  }
  return new Set();
}

class Emptied extends Error {
  readonly messageIds: number[];
  constructor(messageIds: number[]) {
    super('an update would leave an Email in no mailbox');
    this.messageIds = messageIds;
  }
}

function messageIdOf(context: Context, id: string): number {
  const found = ids.readEmailId(resolveId(context, id));
  if (found === undefined) throw new SetFailure('notFound');
  return found;
}
