import { many, type Queryable, sql } from '../../kit/db/index.ts';
import type { Scope } from './types.ts';

export interface ThreadCounts {
  /** Conversations with a message in the mailbox. */
  total: number;
  /** Those of them with an unread message anywhere in the account. */
  unread: number;
}

/** Counts conversations per mailbox (RFC 8621 §2, totalThreads and unreadThreads). */
export async function countThreads(
  db: Queryable,
  scope: Scope,
  mailboxIds: readonly number[],
): Promise<Map<number, ThreadCounts>> {
  if (mailboxIds.length === 0) return new Map();
  const rows = await many(
    db,
    sql<{ mailbox_id: number; total: number; unread: number }>`
      with unread as (
        select distinct e.thread_id
        from mail.entry e
        join mail.account a on a.account_id = e.account_id
        where e.account_id = ${scope.accountId}
          and case when a.shared and ${scope.readerId} <> ${scope.accountId}
            then not exists (
              select from mail.seen s
              where s.account_id = e.account_id and s.mailbox_id = e.mailbox_id and s.uid = e.uid
                and s.reader_id = ${scope.readerId})
            else e.flags & 1 = 0 end
      )
      select e.mailbox_id, count(distinct e.thread_id) as total, count(distinct u.thread_id) as unread
      from mail.entry e
      left join unread u on u.thread_id = e.thread_id
      where e.account_id = ${scope.accountId} and e.mailbox_id = any(${[...mailboxIds]}::bigint[])
      group by e.mailbox_id`,
  );
  return new Map(rows.map((row) => [row.mailbox_id, { total: row.total, unread: row.unread }]));
}
