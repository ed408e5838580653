import { many, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { Grant } from './types.ts';

/** Stands for everybody who has signed in. */
export const ANYONE = 0;

export async function listGrants(db: Queryable, accountId: number, mailboxId: number): Promise<Grant[]> {
  const rows = await many(
    db,
    sql<{ grantee_id: number; rights: string }>`
      select grantee_id, rights from mail.acl where account_id = ${accountId} and mailbox_id = ${mailboxId}
      order by grantee_id`,
  );
  return rows.map((row) => ({ granteeId: row.grantee_id, rights: row.rights }));
}

/** What others have granted to a reader, by himself or as anyone: letters by account and mailbox. */
export async function listGranted(
  db: Queryable,
  readerId: number,
  accountId?: number,
): Promise<Map<number, Map<number, string>>> {
  const only = accountId === undefined ? sql`` : sql`and account_id = ${accountId}`;
  const rows = await many(
    db,
    sql<{ account_id: number; mailbox_id: number; rights: string }>`
      select account_id, mailbox_id, string_agg(rights, '') as rights from mail.acl
      where grantee_id in (${readerId}, ${ANYONE}) and account_id <> ${readerId} ${only}
      group by account_id, mailbox_id`,
  );
  const granted = new Map<number, Map<number, string>>();
  for (const row of rows) {
    const mailboxes = granted.get(row.account_id) ?? new Map<number, string>();
    granted.set(row.account_id, mailboxes);
    mailboxes.set(row.mailbox_id, row.rights);
  }
  return granted;
}

/** No letters remove the grant. */
export async function putGrant(tx: Tx, accountId: number, mailboxId: number, grant: Grant): Promise<void> {
  const { granteeId, rights } = grant;
  await run(
    tx,
    rights === ''
      ? sql`delete from mail.acl where account_id = ${accountId} and mailbox_id = ${mailboxId} and grantee_id = ${granteeId}`
      : sql`insert into mail.acl (account_id, mailbox_id, grantee_id, rights)
          values (${accountId}, ${mailboxId}, ${granteeId}, ${rights})
          on conflict (account_id, mailbox_id, grantee_id) do update set rights = excluded.rights`,
  );
}

/** A new mailbox is open to whom its parent is open. */
export async function copyGrants(tx: Tx, accountId: number, from: number, to: number): Promise<void> {
  await run(
    tx,
    sql`insert into mail.acl (account_id, mailbox_id, grantee_id, rights)
        select account_id, ${to}, grantee_id, rights from mail.acl where account_id = ${accountId} and mailbox_id = ${from}`,
  );
}
