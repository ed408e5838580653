import { many, type Queryable, sql } from '../../kit/db/index.ts';

export interface DeletedRow {
  message_id: number;
  thread_id: number;
  subject: string;
  from_fold: string;
  size_bytes: number;
  received_at: Date;
  expunged_at: Date;
  /** Where it lay; null when the folder has gone. */
  mailbox_id: number | null;
  path: string | null;
}

const DELETED = sql`
  from (select distinct on (x.message_id) x.message_id, x.mailbox_id, x.expunged_at from mail.expunged x
    where x.account_id = m.account_id and x.message_id = m.message_id order by x.message_id, x.expunged_at desc) x`;

/** Messages without any entry whose tombstones are still there, the latest deletion first. */
export function listDeleted(
  db: Queryable,
  accountId: number,
  filter: { search: string | undefined; messageIds?: readonly number[]; limit: number; offset: number },
): Promise<DeletedRow[]> {
  const pattern = filter.search ? `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%` : undefined;
  const words =
    pattern === undefined ? sql`` : sql`and (m.subject_fold like ${pattern} or m.from_fold like ${pattern})`;
  const only =
    filter.messageIds === undefined ? sql`` : sql`and m.message_id = any(${filter.messageIds}::bigint[])`;
  return many(
    db,
    sql<DeletedRow>`
      select m.message_id, m.thread_id, m.subject, m.from_fold, m.size_bytes, m.received_at, d.expunged_at, b.mailbox_id, b.path
      from mail.message m
      join lateral (select x.* ${DELETED}) d on true
      left join mail.mailbox b on b.account_id = m.account_id and b.mailbox_id = d.mailbox_id
      where m.account_id = ${accountId} ${words} ${only}
        and not exists (select 1 from mail.entry e where e.account_id = m.account_id and e.message_id = m.message_id)
      order by d.expunged_at desc, m.message_id desc limit ${filter.limit} offset ${filter.offset}`,
  );
}
