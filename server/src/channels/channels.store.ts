import { many, maybe, one, type Queryable, run, sql } from '../kit/db/index.ts';

export type DeliveryState = 'queued' | 'accepted' | 'delivered' | 'read' | 'failed' | 'unknown';

export interface NewNotification {
  id: string;
  accountId: number;
  key: string;
  kind: string;
  title: string;
  body: string;
  link: string | null;
  now: Date;
}

/** False when the same thing was said to the same person before. */
export async function insertNotification(db: Queryable, row: NewNotification): Promise<boolean> {
  const inserted = await maybe(
    db,
    sql`insert into channels.notification (id, account_id, key, kind, title, body, link, created_at)
        values (${row.id}::uuid, ${row.accountId}, ${row.key}, ${row.kind}, ${row.title}, ${row.body}, ${row.link}, ${row.now})
        on conflict (account_id, key) do nothing returning id`,
  );
  return inserted !== undefined;
}

export async function insertDelivery(
  db: Queryable,
  row: { notificationId: string; channel: string; accountId: number; state: DeliveryState; now: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into channels.delivery (notification_id, channel, account_id, state, created_at, updated_at)
        values (${row.notificationId}::uuid, ${row.channel}, ${row.accountId}, ${row.state}, ${row.now}, ${row.now})
        on conflict do nothing`,
  );
}

export async function updateDelivery(
  db: Queryable,
  row: { notificationId: string; channel: string; state: DeliveryState; reason: string | null; now: Date },
): Promise<void> {
  await run(
    db,
    sql`update channels.delivery set state = ${row.state}, reason = ${row.reason}, attempts = attempts + 1, updated_at = ${row.now}
        where notification_id = ${row.notificationId}::uuid and channel = ${row.channel}`,
  );
}

export interface MessageRow {
  id: string;
  kind: string;
  title: string;
  body: string;
  link: string | null;
  state: DeliveryState;
  created_at: Date;
}

export function findInbox(
  db: Queryable,
  filter: {
    accountId: number;
    unread: boolean;
    after: { key: string; id: string } | undefined;
    limit: number;
  },
): Promise<MessageRow[]> {
  const after = filter.after
    ? sql`and (d.created_at, d.notification_id) < (${filter.after.key}::timestamptz, ${filter.after.id}::uuid)`
    : sql``;
  return many(
    db,
    sql<MessageRow>`select n.id, n.kind, n.title, n.body, n.link, d.state, n.created_at
      from channels.delivery d join channels.notification n on n.id = d.notification_id
      where d.account_id = ${filter.accountId} and d.channel = 'in_app' and (not ${filter.unread} or d.state <> 'read') ${after}
      order by d.created_at desc, d.notification_id desc limit ${filter.limit}`,
  );
}

export async function countUnread(db: Queryable, accountId: number): Promise<number> {
  const row = await one(
    db,
    sql<{ n: number }>`select count(*)::int as n from channels.delivery
      where account_id = ${accountId} and channel = 'in_app' and state <> 'read'`,
  );
  return row.n;
}

/** `ids` undefined: all. */
export async function markRead(
  db: Queryable,
  accountId: number,
  ids: string[] | undefined,
  now: Date,
): Promise<number> {
  return run(
    db,
    sql`update channels.delivery set state = 'read', updated_at = ${now}
        where account_id = ${accountId} and channel = 'in_app' and state <> 'read'
          and (${ids ?? null}::uuid[] is null or notification_id = any(${ids ?? null}::uuid[]))`,
  );
}

export async function insertSms(
  db: Queryable,
  row: {
    id: string;
    key: string | null;
    phoneIndex: Buffer;
    template: string;
    provider: string;
    state: string;
    now: Date;
  },
): Promise<boolean> {
  const inserted = await maybe(
    db,
    sql`insert into channels.sms (id, key, phone_index, template, provider, state, created_at)
        values (${row.id}::uuid, ${row.key}, ${row.phoneIndex}, ${row.template}, ${row.provider}, ${row.state}, ${row.now})
        on conflict (key) do nothing returning id`,
  );
  return inserted !== undefined;
}

export async function updateSms(
  db: Queryable,
  id: string,
  state: string,
  reason: string | null,
): Promise<void> {
  await run(db, sql`update channels.sms set state = ${state}, reason = ${reason} where id = ${id}::uuid`);
}
