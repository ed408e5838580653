import { many, maybe, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { LockedAccount } from './account.store.ts';
import type { Mailbox, Role, Scope } from './types.ts';

interface MailboxRow {
  account_id: number;
  mailbox_id: number;
  parent_id: number | null;
  path: string;
  role: Role | null;
  subscribed: boolean;
  sort_order: number;
  uidvalidity: number;
  uidnext: number;
  highest_modseq: number;
  total: number;
  unseen: number;
  deleted: number;
  size_bytes: number;
}

function present(row: MailboxRow): Mailbox {
  return {
    accountId: row.account_id,
    id: row.mailbox_id,
    parentId: row.parent_id ?? undefined,
    path: row.path,
    name: row.path.slice(row.path.lastIndexOf('/') + 1),
    role: row.role ?? undefined,
    subscribed: row.subscribed,
    sortOrder: row.sort_order,
    uidValidity: row.uidvalidity,
    uidNext: row.uidnext,
    highestModseq: row.highest_modseq,
    total: row.total,
    unseen: row.unseen,
    deleted: row.deleted,
    sizeBytes: row.size_bytes,
  };
}

/** Counts as the reader sees them: in a shared account everything is unseen that he has not seen. */
const columns = sql`m.account_id, m.mailbox_id, m.parent_id, m.path, m.role, m.sort_order, m.uidvalidity, m.uidnext,
  m.highest_modseq, m.total, m.deleted, m.size_bytes, coalesce(r.subscribed, m.subscribed) as subscribed,
  case when a.shared then m.total - coalesce(r.seen, 0) else m.unseen end as unseen`;

function source(scope: Scope) {
  return sql`mail.mailbox m join mail.account a on a.account_id = m.account_id
    left join mail.reader r on r.account_id = m.account_id and r.mailbox_id = m.mailbox_id and r.reader_id = ${scope.readerId}
    where m.account_id = ${scope.accountId}`;
}

export async function listMailboxes(db: Queryable, scope: Scope): Promise<Mailbox[]> {
  const rows = await many(db, sql<MailboxRow>`select ${columns} from ${source(scope)} order by m.path`);
  return rows.map(present);
}

export async function findMailbox(
  db: Queryable,
  scope: Scope,
  mailboxId: number,
): Promise<Mailbox | undefined> {
  const row = await maybe(
    db,
    sql<MailboxRow>`select ${columns} from ${source(scope)} and m.mailbox_id = ${mailboxId}`,
  );
  return row && present(row);
}

export async function findMailboxByPath(
  db: Queryable,
  scope: Scope,
  path: string,
): Promise<Mailbox | undefined> {
  const row = await maybe(db, sql<MailboxRow>`select ${columns} from ${source(scope)} and m.path = ${path}`);
  return row && present(row);
}

export async function findMailboxByRole(
  db: Queryable,
  scope: Scope,
  role: Role,
): Promise<Mailbox | undefined> {
  const row = await maybe(db, sql<MailboxRow>`select ${columns} from ${source(scope)} and m.role = ${role}`);
  return row && present(row);
}

/** Tombstones reach back to here; undefined when there is no such mailbox. */
export async function findMailboxLowModseq(
  db: Queryable,
  accountId: number,
  mailboxId: number,
): Promise<number | undefined> {
  const row = await maybe(
    db,
    sql<{ low_modseq: number }>`
      select low_modseq from mail.mailbox where account_id = ${accountId} and mailbox_id = ${mailboxId}`,
  );
  return row?.low_modseq;
}

/** The mailbox with all its UIDs in one statement, so both are of one instant. */
export async function findMailboxWithUids(
  db: Queryable,
  scope: Scope,
  mailboxId: number,
): Promise<{ mailbox: Mailbox; uids: number[] } | undefined> {
  const row = await maybe(
    db,
    sql<MailboxRow & { uids: string | null }>`
      select ${columns},
        (select string_agg(e.uid::text, ',' order by e.uid) from mail.entry e
         where e.account_id = m.account_id and e.mailbox_id = m.mailbox_id) as uids
      from ${source(scope)} and m.mailbox_id = ${mailboxId}`,
  );
  return row && { mailbox: present(row), uids: row.uids === null ? [] : row.uids.split(',').map(Number) };
}

export interface NewMailbox {
  path: string;
  parentId: number | undefined;
  role: Role | undefined;
  subscribed: boolean;
  sortOrder: number;
}

export async function insertMailbox(
  tx: Tx,
  account: LockedAccount,
  input: NewMailbox,
  now: Date,
): Promise<number> {
  const row = await one(
    tx,
    sql<{ mailbox_id: number }>`
      with a as (
        update mail.account set uidvalidity = greatest(uidvalidity + 1, ${Math.floor(now.getTime() / 1000)})
        where account_id = ${account.accountId} returning uidvalidity)
      insert into mail.mailbox (account_id, parent_id, path, role, subscribed, sort_order, uidvalidity, highest_modseq,
        created_modseq, created_at)
      select ${account.accountId}, ${input.parentId ?? null}, ${input.path}, ${input.role ?? null}, ${input.subscribed},
        ${input.sortOrder}, a.uidvalidity, ${account.modseq}, ${account.modseq}, ${now} from a
      returning mailbox_id`,
  );
  return row.mailbox_id;
}

/** Moves a subtree to another path; a fresh uidvalidity is not needed, since the mail and its UIDs stay. */
export async function updatePaths(
  tx: Tx,
  account: LockedAccount,
  mailbox: Mailbox,
  path: string,
  parentId: number | undefined,
): Promise<number[]> {
  const rows = await many(
    tx,
    sql<{ mailbox_id: number }>`
      update mail.mailbox set path = ${path} || substr(path, ${mailbox.path.length + 1}),
        parent_id = case when mailbox_id = ${mailbox.id} then ${parentId ?? null} else parent_id end
      where account_id = ${account.accountId} and (mailbox_id = ${mailbox.id} or starts_with(path, ${`${mailbox.path}/`}))
      returning mailbox_id`,
  );
  return rows.map((row) => row.mailbox_id);
}

export async function countMailboxes(tx: Tx, accountId: number): Promise<number> {
  const row = await one(
    tx,
    sql<{ n: number }>`select count(*) as n from mail.mailbox where account_id = ${accountId}`,
  );
  return row.n;
}

export async function hasChildren(tx: Tx, accountId: number, mailboxId: number): Promise<boolean> {
  const row = await maybe(
    tx,
    sql`select 1 from mail.mailbox where account_id = ${accountId} and parent_id = ${mailboxId} limit 1`,
  );
  return row !== undefined;
}

export async function deleteMailboxRow(tx: Tx, accountId: number, mailboxId: number): Promise<void> {
  await run(tx, sql`delete from mail.mailbox where account_id = ${accountId} and mailbox_id = ${mailboxId}`);
}

export async function updateMailboxRow(
  tx: Tx,
  accountId: number,
  mailboxId: number,
  change: { subscribed?: boolean; sortOrder?: number; role?: Role | null },
): Promise<void> {
  const { subscribed = null, sortOrder = null, role } = change;
  await run(
    tx,
    sql`update mail.mailbox set subscribed = coalesce(${subscribed}::boolean, subscribed),
          sort_order = coalesce(${sortOrder}::int, sort_order),
          role = case when ${role !== undefined} then ${role ?? null} else role end
        where account_id = ${accountId} and mailbox_id = ${mailboxId}`,
  );
}

export async function upsertSubscription(
  tx: Tx,
  scope: Scope,
  mailboxId: number,
  subscribed: boolean,
): Promise<void> {
  await run(
    tx,
    sql`insert into mail.reader (account_id, mailbox_id, reader_id, subscribed)
        values (${scope.accountId}, ${mailboxId}, ${scope.readerId}, ${subscribed})
        on conflict (account_id, mailbox_id, reader_id) do update set subscribed = excluded.subscribed`,
  );
}
