import { afterCommit, many, maybe, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Role } from './types.ts';

/** An account whose row is locked, in the transaction that changes it. */
export interface LockedAccount {
  accountId: number;
  /** The modseq of everything that this transaction does to the account. */
  modseq: number;
  shared: boolean;
  usedBytes: number;
}

/** IMAP names of the folders that every account has; the web translates by role. */
export const STANDARD_FOLDERS: readonly { path: string; role: Role }[] = [
  { path: 'INBOX', role: 'inbox' },
  { path: 'Drafts', role: 'drafts' },
  { path: 'Sent', role: 'sent' },
  { path: 'Junk', role: 'junk' },
  { path: 'Trash', role: 'trash' },
  { path: 'Archive', role: 'archive' },
];

/**
 * Locks the accounts in id order and raises their modseq: the first statement of every changing transaction,
 * so modseqs appear in commit order and nothing else needs a lock on entries.
 */
export async function lockAccounts(
  tx: Tx,
  accountIds: readonly number[],
): Promise<Map<number, LockedAccount>> {
  const rows = await many(
    tx,
    sql<{ account_id: number; modseq: number; shared: boolean; used_bytes: number }>`
      with locked as (
        select account_id from mail.account where account_id = any(${[...new Set(accountIds)]}::bigint[])
        order by account_id for no key update)
      update mail.account a set modseq = a.modseq + 1 from locked where a.account_id = locked.account_id
      returning a.account_id, a.modseq, a.shared, a.used_bytes`,
  );
  return new Map(
    rows.map((row) => [
      row.account_id,
      { accountId: row.account_id, modseq: row.modseq, shared: row.shared, usedBytes: row.used_bytes },
    ]),
  );
}

export async function insertAccount(tx: Tx, accountId: number, shared: boolean, now: Date): Promise<void> {
  const made = await maybe(
    tx,
    sql<{ modseq: number; uidvalidity: number }>`
      insert into mail.account (account_id, shared, uidvalidity, created_at)
      values (${accountId}, ${shared}, ${Math.floor(now.getTime() / 1000)}, ${now})
      on conflict (account_id) do nothing returning modseq, uidvalidity`,
  );
  if (!made) return;
  await run(
    tx,
    sql`
      with made as (
        insert into mail.mailbox (account_id, path, role, sort_order, uidvalidity, highest_modseq, created_modseq, created_at)
        select ${accountId}, f.path, f.role, f.position, ${made.uidvalidity}, ${made.modseq}, ${made.modseq}, ${now}
        from unnest(${STANDARD_FOLDERS.map((folder) => folder.path)}::text[],
                    ${STANDARD_FOLDERS.map((folder) => folder.role)}::text[]) with ordinality as f(path, role, position)
        returning mailbox_id)
      insert into mail.change (account_id, modseq, at, mailbox_created)
      select ${accountId}, ${made.modseq}, ${now}, array_agg(mailbox_id) from made`,
  );
}

/** Everything that an account holds; hot tables have no foreign keys that would do it. */
export async function deleteAccount(tx: Tx, accountId: number): Promise<void> {
  await run(tx, sql`select 1 from mail.account where account_id = ${accountId} for update`);
  for (const table of [
    'expunged',
    'entry',
    'message',
    'thread_ref',
    'change',
    'search_block',
    'search_cursor',
    'account',
  ])
    await run(tx, sql`delete from ${sql.table(`mail.${table}`)} where account_id = ${accountId}`);
  // What it was or had in others' mailboxes.
  await run(tx, sql`delete from mail.acl where grantee_id = ${accountId}`);
  for (const table of ['reader', 'seen', 'annotation'])
    await run(tx, sql`delete from ${sql.table(`mail.${table}`)} where reader_id = ${accountId}`);
}

/** Where delivery puts mail: the inbox, or the folder for what the checks call unwanted. */
export interface Arrivals {
  inbox: number;
  /** Undefined when the person has removed it. */
  junk: number | undefined;
}

export async function findArrivals(
  db: Queryable,
  accountIds: readonly number[],
): Promise<Map<number, Arrivals>> {
  const rows = await many(
    db,
    sql<{ account_id: number; inbox: number; junk: number | null }>`
      select i.account_id, i.mailbox_id as inbox, j.mailbox_id as junk from mail.mailbox i
      left join mail.mailbox j on j.account_id = i.account_id and j.role = 'junk'
      where i.account_id = any(${accountIds}::bigint[]) and i.role = 'inbox'`,
  );
  return new Map(rows.map((row) => [row.account_id, { inbox: row.inbox, junk: row.junk ?? undefined }]));
}

export interface AccountRow {
  shared: boolean;
  modseq: number;
  low_modseq: number;
  used_bytes: number;
  used_messages: number;
}

export async function findAccount(db: Queryable, accountId: number): Promise<AccountRow | undefined> {
  return maybe(
    db,
    sql<AccountRow>`
      select shared, modseq, low_modseq, used_bytes, used_messages from mail.account where account_id = ${accountId}`,
  );
}

/** Object ids that one modseq touched. */
export interface ChangeDraft {
  emailCreated?: Iterable<number>;
  emailUpdated?: Iterable<number>;
  emailDestroyed?: Iterable<number>;
  threadCreated?: Iterable<number>;
  threadUpdated?: Iterable<number>;
  threadDestroyed?: Iterable<number>;
  mailboxCreated?: Iterable<number>;
  mailboxUpdated?: Iterable<number>;
  mailboxCounts?: Iterable<number>;
  mailboxDestroyed?: Iterable<number>;
}

export async function insertChange(
  tx: Tx,
  account: LockedAccount,
  draft: ChangeDraft,
  now: Date,
): Promise<void> {
  const ids = (list: Iterable<number> | undefined) => [...new Set(list ?? [])];
  await run(
    tx,
    sql`insert into mail.change (account_id, modseq, at, email_created, email_updated, email_destroyed,
          thread_created, thread_updated, thread_destroyed, mailbox_created, mailbox_updated, mailbox_counts, mailbox_destroyed)
        values (${account.accountId}, ${account.modseq}, ${now}, ${ids(draft.emailCreated)}::bigint[],
          ${ids(draft.emailUpdated)}::bigint[], ${ids(draft.emailDestroyed)}::bigint[], ${ids(draft.threadCreated)}::bigint[],
          ${ids(draft.threadUpdated)}::bigint[], ${ids(draft.threadDestroyed)}::bigint[], ${ids(draft.mailboxCreated)}::bigint[],
          ${ids(draft.mailboxUpdated)}::bigint[], ${ids(draft.mailboxCounts)}::bigint[], ${ids(draft.mailboxDestroyed)}::bigint[])`,
  );
}

/** Tells sessions after commit. The payload is a hint: account, modseq, mailbox. */
export function signalChange(
  tx: Tx,
  signals: Signals,
  account: LockedAccount,
  mailboxIds: Iterable<number>,
): void {
  const ids = [...new Set(mailboxIds)];
  afterCommit(tx, () => {
    for (const id of ids) signals.send('mail', `${account.accountId}:${account.modseq}:${id}`);
  });
}
