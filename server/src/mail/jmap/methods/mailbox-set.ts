import type { Mailbox, Role } from '../../store/index.ts';
import { accountOf, type Context, type JmapAccount, MAIL, type Method, resolveId } from '../context.ts';
import { invalidProperties, MethodError, SetFailure } from '../errors.ts';
import * as ids from '../ids.ts';
import { entriesOf, type Json, type JsonObject } from '../json.ts';
import { attempt, newSetResult, readSet, remember, setAnswer } from '../set.ts';

const ROLES: readonly Role[] = ['inbox', 'drafts', 'sent', 'junk', 'trash', 'archive'];
const SERVER_SET = new Set([
  'id',
  'totalEmails',
  'unreadEmails',
  'totalThreads',
  'unreadThreads',
  'myRights',
]);

/** Mailbox/set (RFC 8621 §2.5). */
export const mailboxSet: Method = {
  name: 'Mailbox/set',
  capability: MAIL,
  async run(context, args) {
    const { db, store } = context.deps;
    const account = accountOf(context, args);
    const request = readSet(args);
    const removeMessages = args.boolean('onDestroyRemoveEmails', false);
    const oldState = String(await store.state(db, account.scope.accountId));
    if (request.ifInState !== undefined && request.ifInState !== oldState)
      throw new MethodError('stateMismatch');
    const result = newSetResult();
    for (const [key, value] of inOrder(request.create)) {
      await attempt(result.notCreated, key, async () => {
        const mailbox = await create(context, account, value);
        remember(context, result, key, ids.mailboxId(mailbox.id), created(mailbox));
      });
    }
    for (const [id, patch] of request.update) {
      await attempt(result.notUpdated, id, async () => {
        await update(context, account, id, patch);
        result.updated.set(id, null);
      });
    }
    // Children before parents, so that a whole tree can go in one call.
    for (const { id, mailbox } of await destroyOrder(context, account, request.destroy)) {
      await attempt(result.notDestroyed, id, async () => {
        if (!mailbox) throw new SetFailure('notFound');
        await store.deleteMailbox(db, account.scope, mailbox.id, { removeMessages });
        result.destroyed.push(id);
      });
    }
    return setAnswer(account.id, oldState, String(await store.state(db, account.scope.accountId)), result);
  },
};

/** Creations whose parent is made in the same call come after it. */
function inOrder(create: readonly [string, JsonObject][]): [string, JsonObject][] {
  const waiting = new Map(create);
  const ordered: [string, JsonObject][] = [];
  for (let before = -1; waiting.size > 0 && ordered.length !== before; ) {
    before = ordered.length;
    for (const [key, value] of waiting) {
      const parent = value['parentId'];
      if (typeof parent === 'string' && parent.startsWith('#') && waiting.has(parent.slice(1))) continue;
      waiting.delete(key);
      ordered.push([key, value]);
    }
  }
  return [...ordered, ...waiting];
}

async function create(context: Context, account: JmapAccount, value: JsonObject): Promise<Mailbox> {
  const { db, store } = context.deps;
  for (const [name] of entriesOf(value)) {
    if (SERVER_SET.has(name)) throw invalidProperties([name], `${name} is set by the server`);
  }
  const path = await pathOf(context, account, readName(value['name']), value['parentId'] ?? null);
  return store.createMailbox(db, account.scope, {
    path,
    role: readRole(value['role'] ?? null) ?? undefined,
    subscribed: readBoolean(value['isSubscribed']) ?? true,
    sortOrder: readSortOrder(value['sortOrder']),
  });
}

function created(mailbox: Mailbox): Json {
  return {
    id: ids.mailboxId(mailbox.id),
    totalEmails: 0,
    unreadEmails: 0,
    totalThreads: 0,
    unreadThreads: 0,
    sortOrder: mailbox.sortOrder,
    isSubscribed: mailbox.subscribed,
    role: mailbox.role ?? null,
    myRights: {
      mayReadItems: true,
      mayAddItems: true,
      mayRemoveItems: true,
      maySetSeen: true,
      maySetKeywords: true,
      mayCreateChild: true,
      mayRename: true,
      mayDelete: true,
      maySubmit: true,
    },
  };
}

async function find(context: Context, account: JmapAccount, id: string): Promise<Mailbox | undefined> {
  const number = ids.readMailboxId(resolveId(context, id));
  return number === undefined
    ? undefined
    : context.deps.store.mailbox(context.deps.db, account.scope, number);
}

async function update(context: Context, account: JmapAccount, id: string, patch: JsonObject): Promise<void> {
  const { db, store } = context.deps;
  const mailbox = await find(context, account, id);
  if (!mailbox) throw new SetFailure('notFound');
  const change: { subscribed?: boolean; sortOrder?: number; role?: Role | null } = {};
  let name = mailbox.name;
  let parent: Json = mailbox.parentId === undefined ? null : ids.mailboxId(mailbox.parentId);
  for (const [property, value] of entriesOf(patch)) {
    if (property === 'name') name = readName(value);
    else if (property === 'parentId') parent = value;
    else if (property === 'isSubscribed') change.subscribed = readBoolean(value);
    else if (property === 'sortOrder') change.sortOrder = readSortOrder(value);
    else if (property === 'role') change.role = readRole(value);
    else throw invalidProperties([property], `${property} cannot be changed`);
  }
  const path = await pathOf(context, account, name, parent);
  if (path !== mailbox.path) {
    if (mailbox.path === 'INBOX') throw new SetFailure('forbidden', 'The inbox keeps its name');
    if (path.startsWith(`${mailbox.path}/`))
      throw invalidProperties(['parentId'], 'A mailbox cannot be below itself');
    await store.renameMailbox(db, account.scope, mailbox.id, path);
  }
  if (Object.keys(change).length > 0) await store.updateMailbox(db, account.scope, mailbox.id, change);
}

async function pathOf(context: Context, account: JmapAccount, name: string, parentId: Json): Promise<string> {
  if (parentId === null) return name;
  const parent = typeof parentId === 'string' ? await find(context, account, parentId) : undefined;
  if (!parent) throw invalidProperties(['parentId'], 'No such mailbox');
  return `${parent.path}/${name}`;
}

function readName(value: Json | undefined): string {
  if (typeof value !== 'string' || value.trim() === '' || value.includes('/')) {
    throw invalidProperties(['name'], 'The name must not be empty nor hold a slash');
  }
  return value.normalize('NFC');
}

function readRole(value: Json): Role | null {
  if (value === null) return null;
  const role = ROLES.find((known) => known === value);
  if (!role) throw invalidProperties(['role'], 'This role is not supported');
  return role;
}

function readBoolean(value: Json | undefined): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidProperties(['isSubscribed'], 'must be true or false');
}

function readSortOrder(value: Json | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw invalidProperties(['sortOrder'], 'must be a whole number from 0 to 2^31-1');
}

async function destroyOrder(
  context: Context,
  account: JmapAccount,
  wanted: readonly string[],
): Promise<{ id: string; mailbox: Mailbox | undefined }[]> {
  const found: { id: string; mailbox: Mailbox | undefined }[] = [];
  for (const id of wanted) {
    const mailbox = await find(context, account, id);
    found.push({ id, mailbox });
  }
  return found.sort((a, b) => (b.mailbox?.path.length ?? 0) - (a.mailbox?.path.length ?? 0));
}
