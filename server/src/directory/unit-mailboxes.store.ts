import { many, maybe, type Queryable, run, sql } from '../kit/db/index.ts';
import type { State } from './accounts.store.ts';

interface Person {
  id: number;
  name: string;
  account: string;
}

export interface UnitMailboxRow {
  id: number;
  local: string;
  domain: string;
  name: string;
  unit_id: number;
  unit_name: string;
  unit_ancestors: number[];
  owner_id: number;
  owner_name: string;
  owner_local: string;
  members: Person[];
  state: State;
  expires_at: Date | null;
  origin: string | null;
}

const select = (now: Date) => sql`
  select a.id, a.local, a.domain, a.name, a.unit_id, u.name as unit_name, u.ancestors as unit_ancestors,
         b.owner_id, o.name as owner_name, o.local as owner_local, a.expires_at, b.origin,
         case when a.deleted_at is not null then 'deleted'
              when a.expires_at is not null and a.expires_at <= ${now} then 'expired'
              when a.disabled then 'disabled' else 'active' end as state,
         coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'account', p.local) order by p.name collate "zh-x-icu", p.id)
                   from directory.unit_mailbox_member m join directory.account p on p.id = m.account_id
                   where m.mailbox_id = b.account_id), '[]') as members
  from directory.unit_mailbox b
  join directory.account a on a.id = b.account_id and a.purged_at is null
  join directory.unit u on u.id = a.unit_id
  join directory.account o on o.id = b.owner_id`;

export function findUnitMailbox(db: Queryable, id: number, now: Date): Promise<UnitMailboxRow | undefined> {
  return maybe(db, sql<UnitMailboxRow>`${select(now)} where b.account_id = ${id}`);
}

export function findUnitMailboxByOrigin(
  db: Queryable,
  origin: string,
): Promise<{ account_id: number } | undefined> {
  return maybe(
    db,
    sql<{ account_id: number }>`select account_id from directory.unit_mailbox where origin = ${origin}`,
  );
}

export function findUnitMailboxes(
  db: Queryable,
  within: number[] | undefined,
  now: Date,
): Promise<UnitMailboxRow[]> {
  return many(
    db,
    sql<UnitMailboxRow>`${select(now)}
      where ${within ?? null}::bigint[] is null or u.ancestors && ${within ?? null}::bigint[]
      order by a.name collate "zh-x-icu", a.id limit 1000`,
  );
}

export function findUnitMailboxesOf(db: Queryable, accountId: number, now: Date): Promise<UnitMailboxRow[]> {
  return many(
    db,
    sql<UnitMailboxRow>`${select(now)}
      where b.owner_id = ${accountId}
         or exists (select 1 from directory.unit_mailbox_member m where m.mailbox_id = b.account_id and m.account_id = ${accountId})
      order by a.name collate "zh-x-icu", a.id`,
  );
}

export async function insertUnitMailbox(
  db: Queryable,
  row: { accountId: number; ownerId: number; origin: string; now: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into directory.unit_mailbox (account_id, owner_id, origin, created_at)
        values (${row.accountId}, ${row.ownerId}, ${row.origin}, ${row.now})`,
  );
}

export async function replaceMembers(db: Queryable, mailboxId: number, accountIds: number[]): Promise<void> {
  await run(
    db,
    sql`delete from directory.unit_mailbox_member where mailbox_id = ${mailboxId} and account_id <> all(${accountIds}::bigint[])`,
  );
  await run(
    db,
    sql`insert into directory.unit_mailbox_member (mailbox_id, account_id)
        select ${mailboxId}, id from unnest(${accountIds}::bigint[]) as id on conflict do nothing`,
  );
}
