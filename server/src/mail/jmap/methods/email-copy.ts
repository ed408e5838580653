import { accountOf, type Context, type JmapAccount, MAIL, type Method } from '../context.ts';
import { readKeywords, readMailboxIds, readReceivedAt } from '../email/placement.ts';
import { invalidArguments, invalidProperties, MethodError, SetFailure } from '../errors.ts';
import * as ids from '../ids.ts';
import { entriesOf, isObject, type JsonObject } from '../json.ts';
import { CORE_LIMITS } from '../limits.ts';
import { attempt, newSetResult, remember, type SetResult, setAnswer } from '../set.ts';

/** Email/copy (RFC 8621 §4.7): into another account, e.g. from a unit mailbox into one's own. */
export const emailCopy: Method = {
  name: 'Email/copy',
  capability: MAIL,
  async run(context, args) {
    const { db, store } = context.deps;
    const from = accountOf(context, args, 'fromAccountId');
    const account = accountOf(context, args);
    if (from.id === account.id) throw invalidArguments('the accounts must differ', ['fromAccountId']);
    const create = entriesOf(args.object('create') ?? {});
    if (create.length > CORE_LIMITS.maxObjectsInSet) throw new MethodError('requestTooLarge');
    const oldState = String(await store.state(db, account.scope.accountId));
    checkState(args.maybeString('ifInState'), oldState);
    checkState(args.maybeString('ifFromInState'), String(await store.state(db, from.scope.accountId)));
    const known = new Set((await store.mailboxes(db, account.scope)).map((mailbox) => mailbox.id));
    const result = newSetResult();
    const copied: number[] = [];
    for (const [key, value] of create) {
      if (!isObject(value)) throw invalidArguments('create must hold objects', ['create']);
      await attempt(result.notCreated, key, async () => {
        copied.push(await copyOne(context, from, account, known, result, key, value));
      });
    }
    if (args.boolean('onSuccessDestroyOriginal', false) && copied.length > 0) {
      await store.updateEmails(
        db,
        from.scope,
        copied.map((messageId) => ({ messageId, mailboxIds: [] })),
      );
    }
    const newState = String(await store.state(db, account.scope.accountId));
    const { created, notCreated } = setAnswer(account.id, oldState, newState, result);
    return { fromAccountId: from.id, accountId: account.id, oldState, newState, created, notCreated };
  },
};

function checkState(wanted: string | undefined, actual: string): void {
  if (wanted !== undefined && wanted !== actual) throw new MethodError('stateMismatch');
}

async function copyOne(
  context: Context,
  from: JmapAccount,
  account: JmapAccount,
  known: ReadonlySet<number>,
  result: SetResult,
  key: string,
  value: JsonObject,
): Promise<number> {
  const { db, store } = context.deps;
  const id = typeof value['id'] === 'string' ? ids.readEmailId(value['id']) : undefined;
  const [email] = id === undefined ? [] : await store.emails(db, from.scope, [id]);
  if (!email) throw invalidProperties(['id'], 'no such Email');
  const mailboxIds = readMailboxIds(context, value['mailboxIds'], known);
  const { flags, keywords } = readKeywords(value['keywords'] ?? null);
  const body = await store.bodyByHash(db, from.scope.accountId, email.bodyHash);
  if (!body) throw new SetFailure('notFound');
  const receivedAt = readReceivedAt(value['receivedAt'], email.receivedAt);
  const [made] = await store.append(db, account.scope, [{ body, mailboxIds, flags, keywords, receivedAt }], {
    quotaBytes: account.mail.quotaBytes,
  });
  if (!made) throw new Error('append made nothing');
  const newId = ids.emailId(made.messageId);
  remember(context, result, key, newId, {
    id: newId,
    blobId: ids.blobIdText({ kind: 'message', messageId: made.messageId }),
    threadId: ids.threadId(made.threadId),
    size: body.size,
  });
  return email.messageId;
}
