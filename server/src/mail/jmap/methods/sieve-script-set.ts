import { accountOf, type Context, type JmapAccount, type Method, resolveId, SIEVE } from '../context.ts';
import { invalidProperties, MethodError, SetFailure } from '../errors.ts';
import * as ids from '../ids.ts';
import { entriesOf, get, type JsonObject } from '../json.ts';
import { madeName, readScript, scriptState, scriptsOf, translated } from '../scripts.ts';
import { attempt, newSetResult, readSet, remember, type SetResult, setAnswer } from '../set.ts';

/** SieveScript/set (RFC 9661 §2.2) with onSuccessActivateScript and onSuccessDeactivateScript. */
export const sieveScriptSet: Method = {
  name: 'SieveScript/set',
  capability: SIEVE,
  async run(context, args) {
    const account = accountOf(context, args);
    if (!account.mail.canSend) throw new MethodError('accountReadOnly');
    const request = readSet(args);
    const oldState = await scriptState(context, account);
    if (request.ifInState !== undefined && request.ifInState !== oldState)
      throw new MethodError('stateMismatch');
    const activate = args.maybeString('onSuccessActivateScript');
    const deactivate = args.boolean('onSuccessDeactivateScript', false);
    const result = newSetResult();
    for (const [key, object] of request.create)
      await attempt(result.notCreated, key, () => create(context, account, result, key, object));
    for (const [id, patch] of request.update)
      await attempt(result.notUpdated, id, () => update(context, account, result, id, patch));
    for (const id of request.destroy)
      await attempt(result.notDestroyed, id, () => destroy(context, account, result, id));
    const failed = result.notCreated.size + result.notUpdated.size + result.notDestroyed.size;
    if (failed === 0 && (activate !== undefined || deactivate))
      await switchActive(context, account, result, activate);
    return setAnswer(account.id, oldState, await scriptState(context, account), result);
  },
};

async function contentOf(
  context: Context,
  account: JmapAccount,
  object: JsonObject,
): Promise<string | undefined> {
  const blobId = get(object, 'blobId');
  if (blobId === undefined) return undefined;
  if (typeof blobId !== 'string') throw invalidProperties(['blobId'], 'blobId must be an id');
  const content = await readScript(context, account, blobId);
  if (content === undefined) throw new SetFailure('blobNotFound', undefined, { notFound: [blobId] });
  return content;
}

function readName(object: JsonObject): string | undefined {
  const name = get(object, 'name');
  if (name === undefined || name === null) return undefined;
  if (typeof name !== 'string') throw invalidProperties(['name'], 'name must be a string');
  return name;
}

function checkProperties(object: JsonObject): void {
  for (const [key] of entriesOf(object))
    if (!['id', 'name', 'blobId'].includes(key)) throw invalidProperties([key], `${key} cannot be set`);
}

async function idOfName(context: Context, account: JmapAccount, name: string): Promise<string | undefined> {
  return (await scriptsOf(context, account)).find((script) => script.name === name)?.id;
}

async function create(
  context: Context,
  account: JmapAccount,
  result: SetResult,
  key: string,
  object: JsonObject,
): Promise<void> {
  checkProperties(object);
  const content = await contentOf(context, account, object);
  if (content === undefined) throw invalidProperties(['blobId'], 'blobId is missing');
  const given = readName(object);
  const name = given ?? madeName(`${key} ${context.deps.clock.ms()}`);
  const { filters, db } = context.deps;
  const id = await translated(
    () => filters.scripts.create(db, account.scope.accountId, name, content),
    () => idOfName(context, account, name),
  );
  const made = (await scriptsOf(context, account)).find((script) => script.id === ids.scriptId(id));
  remember(context, result, key, ids.scriptId(id), {
    id: ids.scriptId(id),
    isActive: false,
    ...(made ? { blobId: made.blobId } : {}),
    ...(given === undefined ? { name } : {}),
  });
}

function numberOf(context: Context, id: string): number {
  const number = ids.readScriptId(resolveId(context, id));
  if (number === undefined) throw new SetFailure('notFound');
  return number;
}

async function update(
  context: Context,
  account: JmapAccount,
  result: SetResult,
  id: string,
  patch: JsonObject,
): Promise<void> {
  checkProperties(patch);
  const number = numberOf(context, id);
  const name = readName(patch);
  const content = await contentOf(context, account, patch);
  const { filters, db } = context.deps;
  await translated(
    () => filters.scripts.update(db, account.scope.accountId, number, { name, content }),
    () => idOfName(context, account, name ?? ''),
  );
  const now = (await scriptsOf(context, account)).find((script) => script.id === ids.scriptId(number));
  result.updated.set(id, content !== undefined && now ? { blobId: now.blobId } : null);
}

async function destroy(context: Context, account: JmapAccount, result: SetResult, id: string): Promise<void> {
  const number = numberOf(context, id);
  const { filters, db } = context.deps;
  await translated(() => filters.scripts.remove(db, account.scope.accountId, { id: number }));
  result.destroyed.push(ids.scriptId(number));
}

/** Both change isActive of scripts that the client did not name, so the answer tells it (RFC 9661 §2.2). */
async function switchActive(
  context: Context,
  account: JmapAccount,
  result: SetResult,
  activate: string | undefined,
): Promise<void> {
  const before = await scriptsOf(context, account);
  const wanted = activate === undefined ? undefined : resolved(context, activate);
  if (activate !== undefined && !before.some(({ id }) => id === wanted)) return;
  const number = wanted === undefined ? undefined : ids.readScriptId(wanted);
  const { filters, db } = context.deps;
  await filters.scripts.activate(
    db,
    account.scope.accountId,
    number === undefined ? undefined : { id: number },
  );
  for (const script of before) {
    const isActive = script.id === wanted;
    if (script.isActive === isActive) continue;
    const created = [...context.created].find(
      ([key, id]) => id === script.id && result.created.has(key),
    )?.[0];
    const target = created === undefined ? result.updated : result.created;
    const known = target.get(created ?? script.id);
    const base = typeof known === 'object' && known !== null && !Array.isArray(known) ? known : {};
    target.set(created ?? script.id, { ...base, isActive });
  }
}

function resolved(context: Context, id: string): string | undefined {
  return id.startsWith('#') ? context.created.get(id.slice(1)) : id;
}
