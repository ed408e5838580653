import { transaction } from '../../../kit/db/index.ts';
import { cancelWaiting } from '../../queue/index.ts';
import { accountOf, type Context, type JmapAccount, type Method, resolveId, SUBMISSION } from '../context.ts';
import { invalidArguments, invalidProperties, MethodError, SetFailure } from '../errors.ts';
import { identitiesOf } from '../identities.ts';
import * as ids from '../ids.ts';
import { type Arguments, entriesOf, isObject, type Json, type JsonObject, readArguments } from '../json.ts';
import {
  attempt,
  newSetResult,
  readSet,
  remember,
  type SetRequest,
  type SetResult,
  setAnswer,
} from '../set.ts';
import {
  cancelSubmission,
  deleteSubmission,
  insertSubmission,
  listSubmissions,
  submissionState,
} from '../submissions.store.ts';
import { readEnvelope, send, sendTime } from '../submit.ts';
import { emailSet } from './email-set.ts';

/** EmailSubmission/set (RFC 8621 §7.5): sending, and taking back what waits. */
export const submissionSet: Method = {
  name: 'EmailSubmission/set',
  capability: SUBMISSION,
  async run(context, args) {
    const { db } = context.deps;
    const account = accountOf(context, args);
    const request = readSet(args);
    const follow = readFollowUps(args);
    const { accountId } = account.scope;
    const oldState = String(await submissionState(db, accountId));
    if (request.ifInState !== undefined && request.ifInState !== oldState)
      throw new MethodError('stateMismatch');
    const result = newSetResult();
    /** Submission id or `#creation id` → Email id, for onSuccess…. */
    const done = new Map<string, string>();
    for (const [key, value] of request.create) {
      await attempt(result.notCreated, key, async () => {
        done.set(`#${key}`, await create(context, account, result, key, value));
      });
    }
    await updateAndDestroy(context, account, request, result, done);
    const answer = setAnswer(account.id, oldState, String(await submissionState(db, accountId)), result);
    const responses = [{ name: 'EmailSubmission/set', args: answer }];
    const implied = followUp(account, follow, done);
    if (implied) responses.push({ name: 'Email/set', args: await runEmailSet(context, implied) });
    return { responses };
  },
};

async function create(
  context: Context,
  account: JmapAccount,
  result: SetResult,
  key: string,
  value: JsonObject,
): Promise<string> {
  const { db, store, clock } = context.deps;
  for (const [name] of entriesOf(value)) {
    if (!['identityId', 'emailId', 'envelope'].includes(name))
      throw invalidProperties([name], `${name} cannot be set`);
  }
  if (!account.mail.canSend) throw new SetFailure('forbiddenToSend', 'You may not send from this account');
  const { identityId, emailId } = value;
  const mine = await identitiesOf(context, account);
  const identity = mine.find(({ id }) => id === identityId);
  if (!identity) throw invalidProperties(['identityId'], 'no such identity');
  const id = typeof emailId === 'string' ? resolveId(context, emailId) : '';
  const messageId = ids.readEmailId(id);
  const [email] = messageId === undefined ? [] : await store.emails(db, account.scope, [messageId]);
  if (!email) throw invalidProperties(['emailId'], 'no such Email');
  const envelope = readEnvelope(value['envelope'] ?? null, email);
  if (!mine.some(({ sender }) => sender.address.toLowerCase() === envelope.mailFrom.email.toLowerCase())) {
    throw new SetFailure('forbiddenMailFrom', 'You may not send from this address');
  }
  const now = clock.now();
  const notBefore = sendTime(envelope, now);
  const ref = await send(context, account, email, envelope, notBefore);
  const row = {
    identity_id: identity.id,
    message_id: email.messageId,
    thread_id: email.threadId,
    envelope,
    send_at: notBefore ?? now,
    ref,
  };
  const submissionId = await insertSubmission(db, account.scope.accountId, row, now);
  context.deps.signals.send('mail', `${account.scope.accountId}:0:`);
  remember(context, result, key, ids.submissionId(submissionId), {
    id: ids.submissionId(submissionId),
    threadId: ids.threadId(email.threadId),
    sendAt: `${(notBefore ?? now).toISOString().slice(0, 19)}Z`,
    undoStatus: notBefore ? 'pending' : 'final',
    dsnBlobIds: [],
    mdnBlobIds: [],
    ...(value['envelope'] ? {} : { envelope: envelopeJson(envelope) }),
  });
  return id;
}

function envelopeJson(envelope: ReturnType<typeof readEnvelope>): Json {
  return {
    mailFrom: { ...envelope.mailFrom },
    rcptTo: envelope.rcptTo.map((recipient) => ({ ...recipient })),
  };
}

async function updateAndDestroy(
  context: Context,
  account: JmapAccount,
  request: SetRequest,
  result: SetResult,
  done: Map<string, string>,
): Promise<void> {
  const { db } = context.deps;
  const { accountId } = account.scope;
  for (const [id, patch] of request.update) {
    await attempt(result.notUpdated, id, async () => {
      const row = await find(context, account, id);
      const wrong = entriesOf(patch).find(([name, value]) => name !== 'undoStatus' || value !== 'canceled');
      if (wrong) throw invalidProperties([wrong[0]], 'only undoStatus can be changed, to canceled');
      await cancel(context, accountId, row.submission_id);
      result.updated.set(id, null);
      done.set(id, ids.emailId(row.message_id));
    });
  }
  for (const id of request.destroy) {
    await attempt(result.notDestroyed, id, async () => {
      const row = await find(context, account, id);
      await deleteSubmission(db, accountId, row.submission_id);
      result.destroyed.push(id);
      done.set(id, ids.emailId(row.message_id));
    });
  }
}

async function find(context: Context, account: JmapAccount, id: string) {
  const number = ids.readSubmissionId(resolveId(context, id));
  const [row] =
    number === undefined ? [] : await listSubmissions(context.deps.db, account.scope.accountId, [number], 1);
  if (!row) throw new SetFailure('notFound');
  return row;
}

/** Takes a waiting message back, or says cannotUnsend. */
async function cancel(context: Context, accountId: number, submissionId: number): Promise<void> {
  await transaction(context.deps.db, async (tx) => {
    const row = await cancelSubmission(tx, accountId, submissionId);
    if (!row || !(await cancelWaiting(tx, row.ref, context.deps.clock.now()))) {
      throw new SetFailure('cannotUnsend', 'The message is on its way');
    }
  });
}

interface FollowUps {
  update: [string, JsonObject][];
  destroy: string[];
}

function readFollowUps(args: Arguments): FollowUps {
  const update = entriesOf(args.object('onSuccessUpdateEmail') ?? {}).map(
    ([id, patch]): [string, JsonObject] => {
      if (!isObject(patch))
        throw invalidArguments('onSuccessUpdateEmail must hold objects', ['onSuccessUpdateEmail']);
      return [id, patch];
    },
  );
  return { update, destroy: args.strings('onSuccessDestroyEmail') ?? [] };
}

/** The implicit Email/set (§7.5), for those submissions that succeeded; undefined when nothing is to do. */
function followUp(
  account: JmapAccount,
  follow: FollowUps,
  done: ReadonlyMap<string, string>,
): JsonObject | undefined {
  const update = follow.update.flatMap(([key, patch]): [string, JsonObject][] => {
    const emailId = done.get(key);
    return emailId === undefined ? [] : [[emailId, patch]];
  });
  const destroy = follow.destroy.flatMap((key) => done.get(key) ?? []);
  if (update.length + destroy.length === 0) return undefined;
  return { accountId: account.id, update: Object.fromEntries(update), destroy };
}

async function runEmailSet(context: Context, args: JsonObject): Promise<JsonObject> {
  const answer = await emailSet.run(context, readArguments(args));
  return 'responses' in answer ? {} : answer;
}
