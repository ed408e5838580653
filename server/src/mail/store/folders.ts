import { type Queryable, transaction } from '../../kit/db/index.ts';
import { copyGrants } from './acl.store.ts';
import { copyOrMove } from './copy.ts';
import { listEntries } from './entry.store.ts';
import type { createIdBlocks } from './insert.store.ts';
import {
  countMailboxes,
  deleteMailboxRow,
  findMailbox,
  findMailboxByPath,
  findMailboxByRole,
  hasChildren,
  insertMailbox,
  updateMailboxRow,
  updatePaths,
  upsertSubscription,
} from './mailbox.store.ts';
import { type Mailbox, type Role, type Scope, StoreError } from './types.ts';
import { inOneWork, removeEntries, type StoreParts, type Work } from './work.ts';

/** One account's folders: LIST sends them all, and every client asks for it at start. */
const MAX_MAILBOXES = 5_000;
const MAX_DEPTH = 20;
const MAX_NAME = 255;

type Parts = StoreParts & { ids: ReturnType<typeof createIdBlocks> };

/** `inbox` in any case is INBOX, also as the first level of a path; errors: invalid_name. */
export function normalizePath(path: string): string {
  const levels = path.normalize('NFC').split('/');
  if (levels[0]?.toUpperCase() === 'INBOX') levels[0] = 'INBOX';
  const good = levels.every(
    (level) =>
      level !== '' &&
      level.length <= MAX_NAME &&
      !/[\x00-\x1f\x7f\u2028\u2029]/.test(level) &&
      level.isWellFormed(),
  );
  if (!good || levels.length > MAX_DEPTH)
    throw new StoreError('invalid_name', 'this mailbox name cannot be used');
  return levels.join('/');
}

async function need(work: Work, scope: Scope, mailboxId: number): Promise<Mailbox> {
  const mailbox = await findMailbox(work.tx, scope, mailboxId);
  if (!mailbox) throw new StoreError('nonexistent', 'no such mailbox');
  return mailbox;
}

/** Makes a path with all its missing parents; returns the id of the last level. */
async function makePath(
  work: Work,
  scope: Scope,
  path: string,
  input: { role?: Role; subscribed?: boolean; sortOrder?: number },
): Promise<number> {
  const levels = path.split('/');
  let parentId: number | undefined;
  for (let depth = 1; depth <= levels.length; depth++) {
    const here = levels.slice(0, depth).join('/');
    const last = depth === levels.length;
    const known = await findMailboxByPath(work.tx, scope, here);
    if (known && last) throw new StoreError('exists', 'a mailbox of this name exists');
    if (!known && (await countMailboxes(work.tx, scope.accountId)) >= MAX_MAILBOXES)
      throw new StoreError('limit', 'too many mailboxes');
    const row = {
      path: here,
      parentId,
      role: last ? input.role : undefined,
      subscribed: last ? (input.subscribed ?? false) : false,
      sortOrder: last ? (input.sortOrder ?? 0) : 0,
    };
    const id = known?.id ?? (await insertMailbox(work.tx, work.account, row, work.now));
    if (!known) work.mailboxCreated.add(id);
    if (!known && parentId !== undefined) await copyGrants(work.tx, scope.accountId, parentId, id);
    parentId = id;
  }
  return parentId ?? 0;
}

export async function createMailbox(
  parts: Parts,
  db: Queryable,
  scope: Scope,
  input: { path: string; role?: Role; subscribed?: boolean; sortOrder?: number },
): Promise<Mailbox> {
  const path = normalizePath(input.path);
  return inOneWork(parts, db, scope.accountId, async (work) => {
    if (input.role && (await findMailboxByRole(work.tx, scope, input.role)))
      throw new StoreError('role_taken', 'another mailbox has this role');
    return need(work, scope, await makePath(work, scope, path, input));
  });
}

export async function renameMailbox(
  parts: Parts,
  db: Queryable,
  scope: Scope,
  mailboxId: number,
  newPath: string,
): Promise<Mailbox> {
  const path = normalizePath(newPath);
  const inbox = await findMailbox(db, scope, mailboxId);
  if (inbox?.role === 'inbox') return renameInbox(parts, db, scope, inbox, path);
  return inOneWork(parts, db, scope.accountId, async (work) => {
    const mailbox = await need(work, scope, mailboxId);
    if (path === mailbox.path) return mailbox;
    if (path.startsWith(`${mailbox.path}/`))
      throw new StoreError('invalid_name', 'a mailbox cannot go into itself');
    if (await findMailboxByPath(work.tx, scope, path))
      throw new StoreError('exists', 'a mailbox of this name exists');
    const parentPath = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : undefined;
    const parent = parentPath === undefined ? undefined : await findMailboxByPath(work.tx, scope, parentPath);
    const parentId =
      parentPath === undefined ? undefined : (parent?.id ?? (await makePath(work, scope, parentPath, {})));
    for (const id of await updatePaths(work.tx, work.account, mailbox, path, parentId))
      work.mailboxUpdated.add(id);
    return need(work, scope, mailboxId);
  });
}

/** RFC 3501 §6.3.5: renaming INBOX moves its mail into a new mailbox; INBOX itself and what is below stay. */
async function renameInbox(
  parts: Parts,
  db: Queryable,
  scope: Scope,
  inbox: Mailbox,
  path: string,
): Promise<Mailbox> {
  return transaction(db, async (tx) => {
    const made = await createMailbox(parts, tx, scope, { path });
    const source = { scope, mailboxId: inbox.id, uids: [{ from: 1, to: Number.POSITIVE_INFINITY }] };
    await copyOrMove(parts, tx, source, { scope, mailboxId: made.id }, true);
    return (await findMailbox(tx, scope, made.id)) ?? made;
  });
}

export async function deleteMailbox(
  parts: Parts,
  db: Queryable,
  scope: Scope,
  mailboxId: number,
  options: { removeMessages: boolean },
): Promise<void> {
  await inOneWork(parts, db, scope.accountId, async (work) => {
    const mailbox = await need(work, scope, mailboxId);
    if (mailbox.role === 'inbox') throw new StoreError('reserved', 'INBOX cannot be deleted');
    if (await hasChildren(work.tx, scope.accountId, mailboxId))
      throw new StoreError('has_children', 'the mailbox has mailboxes below it');
    const entries = await listEntries(work.tx, scope, work.account.shared, mailboxId, {});
    if (entries.length > 0 && !options.removeMessages)
      throw new StoreError('not_empty', 'the mailbox is not empty');
    await removeEntries(work, mailboxId, entries);
    await deleteMailboxRow(work.tx, scope.accountId, mailboxId);
    work.mailboxDestroyed.add(mailboxId);
  });
}

export async function updateMailbox(
  parts: Parts,
  db: Queryable,
  scope: Scope,
  mailboxId: number,
  change: { subscribed?: boolean; sortOrder?: number; role?: Role | null },
): Promise<Mailbox> {
  return inOneWork(parts, db, scope.accountId, async (work) => {
    const mailbox = await need(work, scope, mailboxId);
    const { subscribed, ...rest } = change;
    if (rest.role !== undefined && rest.role !== (mailbox.role ?? null)) {
      if (mailbox.role === 'inbox' || rest.role === 'inbox')
        throw new StoreError('reserved', 'INBOX keeps its role');
      if (rest.role && (await findMailboxByRole(work.tx, scope, rest.role)))
        throw new StoreError('role_taken', 'another mailbox has this role');
    }
    // Subscribing to another's or a shared mailbox is each reader's own affair.
    const foreign = work.account.shared || scope.readerId !== scope.accountId;
    if (subscribed !== undefined && foreign) await upsertSubscription(work.tx, scope, mailboxId, subscribed);
    await updateMailboxRow(work.tx, scope.accountId, mailboxId, foreign ? rest : change);
    work.mailboxUpdated.add(mailboxId);
    return need(work, scope, mailboxId);
  });
}
