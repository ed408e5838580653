import type { ListTargets } from '@hongyan/contract';
import { many, maybe, type Queryable, run, sql } from '../kit/db/index.ts';

export type ListRole = 'member' | 'sender' | 'moderator' | 'owner';

export interface EntryRow {
  id: number;
  role: ListRole;
  account_id: number | null;
  unit_id: number | null;
  child_id: number | null;
  address: string | null;
  bounces: number;
  suspended: boolean;
  /** Of the account, unit or list. */
  name: string | null;
  /** The account's name, or the list's address. */
  local: string | null;
  unit_name: string | null;
}

/** What was put into a list, people in pinyin order. */
export function findEntries(db: Queryable, listId: number): Promise<EntryRow[]> {
  return many(
    db,
    sql<EntryRow>`select e.id, e.role, e.account_id, e.unit_id, e.child_id, e.address, e.bounces,
        e.suspended_at is not null as suspended, coalesce(a.name, u.name, c.name) as name,
        coalesce(a.local, c.local || '@' || c.domain) as local, case when au.is_default then null else au.name end as unit_name
      from directory.list_entry e
      left join directory.account a on a.id = e.account_id
      left join directory.unit au on au.id = a.unit_id
      left join directory.unit u on u.id = e.unit_id
      left join directory.list c on c.id = e.child_id
      where e.list_id = ${listId} and e.role <> 'left'
      order by coalesce(a.name_order, u.pinyin, c.name_order, e.address) collate "C", e.id`,
  );
}

/**
 * Makes a part of a list what it is to be; what stays keeps its row, and with it its count of failures. Whoever is put in
 * by name again has not left any more.
 */
export async function replaceEntries(
  db: Queryable,
  listId: number,
  role: ListRole,
  targets: ListTargets,
  now: Date,
): Promise<void> {
  await run(
    db,
    sql`delete from directory.list_entry where list_id = ${listId} and role = ${role} and not (
          coalesce(account_id = any(${targets.accountIds}::bigint[]), false)
          or coalesce(unit_id = any(${targets.unitIds}::bigint[]), false)
          or coalesce(child_id = any(${targets.listIds}::bigint[]), false)
          or coalesce(address = any(${targets.addresses}::text[]), false))`,
  );
  await run(
    db,
    sql`with fresh as (
          insert into directory.list_entry (list_id, role, account_id, unit_id, child_id, address, created_at)
          select ${listId}, ${role}, w.*, ${now} from (
            select id as account_id, null::bigint as unit_id, null::bigint as child_id, null::text as address
              from unnest(${targets.accountIds}::bigint[]) id
            union all select null, id, null, null from unnest(${targets.unitIds}::bigint[]) id
            union all select null, null, id, null from unnest(${targets.listIds}::bigint[]) id
            union all select null, null, null, address from unnest(${targets.addresses}::text[]) address) w
          on conflict do nothing returning list_id, role, account_id, address)
        delete from directory.list_entry l using fresh f
        where l.list_id = f.list_id and l.role = 'left' and f.role = 'member'
          and (l.account_id = f.account_id or l.address = f.address)`,
  );
}

/** Takes somebody off for good: also when a unit or a nested list names him. Answers whether he was not off already. */
export async function insertLeft(
  db: Queryable,
  listId: number,
  who: { accountId: number } | { address: string },
  now: Date,
): Promise<boolean> {
  const accountId = 'accountId' in who ? who.accountId : null;
  const address = 'address' in who ? who.address : null;
  await run(
    db,
    sql`delete from directory.list_entry where list_id = ${listId} and role = 'member'
          and (account_id = ${accountId}::bigint or address = ${address}::text)`,
  );
  const added = await run(
    db,
    sql`insert into directory.list_entry (list_id, role, account_id, address, created_at)
        values (${listId}, 'left', ${accountId}, ${address}, ${now}) on conflict do nothing`,
  );
  return added > 0;
}

/** Whom mail to the owner address reaches, and who moderates. */
export async function findPeopleOf(
  db: Queryable,
  listId: number,
  roles: readonly ListRole[],
  now: Date,
): Promise<number[]> {
  const rows = await many(
    db,
    sql<{
      id: number;
    }>`select distinct a.id from directory.list_entry e join directory.account a on a.id = e.account_id
      where e.list_id = ${listId} and e.role = any(${roles}::text[]) and not a.disabled and a.deleted_at is null
        and a.purged_at is null and (a.expires_at is null or a.expires_at > ${now}) order by a.id`,
  );
  return rows.map((row) => row.id);
}

/** Lists that somebody moderates or owns. */
export async function findListsModeratedBy(db: Queryable, accountId: number): Promise<number[]> {
  const rows = await many(
    db,
    sql<{ list_id: number }>`select distinct list_id from directory.list_entry
      where account_id = ${accountId} and role in ('moderator', 'owner')`,
  );
  return rows.map((row) => row.list_id);
}

export function findOutsideEntry(
  db: Queryable,
  entryId: number,
): Promise<{ list_id: number; address: string } | undefined> {
  return maybe(
    db,
    sql<{ list_id: number; address: string }>`select list_id, address from directory.list_entry
      where id = ${entryId} and role = 'member' and address is not null`,
  );
}

/**
 * Counts a failure of an outside address; failures of long ago are forgotten. `daily`: at most one a day counts.
 * Answers whether this one made it suspended.
 */
export async function countBounce(
  db: Queryable,
  bounce: { listId: number; address: string; limit: number; daily: boolean; now: Date; forgetBefore: Date },
): Promise<boolean> {
  const { now } = bounce;
  const dayBefore = new Date(now.getTime() - 86_400_000);
  const row = await maybe(
    db,
    sql<{ suspended: boolean }>`
      update directory.list_entry set
        bounces = case when bounced_at < ${bounce.forgetBefore} then 1 else bounces + 1 end, bounced_at = ${now},
        suspended_at = case when (case when bounced_at < ${bounce.forgetBefore} then 1 else bounces + 1 end) >= ${bounce.limit}::int
          then ${now}::timestamptz end
      where list_id = ${bounce.listId} and role = 'member' and address = ${bounce.address} and suspended_at is null
        and (not ${bounce.daily}::boolean or bounced_at is null or bounced_at < ${dayBefore})
      returning suspended_at is not null as suspended`,
  );
  return row?.suspended ?? false;
}

export async function resumeAddress(db: Queryable, listId: number, address: string): Promise<number> {
  return run(
    db,
    sql`update directory.list_entry set bounces = 0, bounced_at = null, suspended_at = null
        where list_id = ${listId} and role = 'member' and address = ${address}`,
  );
}

/** An account that is gone for good stands on no list. */
export async function deleteEntriesOf(db: Queryable, accountId: number): Promise<void> {
  await run(db, sql`delete from directory.list_entry where account_id = ${accountId}`);
}
