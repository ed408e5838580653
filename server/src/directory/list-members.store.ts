import { many, one, type Queryable, sql } from '../kit/db/index.ts';

/** Lists within lists are followed so far; a loop ends here at the latest. */
const MAX_DEPTH = 10;

/**
 * `entry`: everything that counts for a part of a list, through nested lists that are not disabled. A loop adds nothing
 * new but its depth, so it ends.
 */
const entries = (listId: number, role: 'member' | 'sender') => sql`
  tree(id, role, depth) as (
    select ${listId}::bigint, ${role}::text, 0
    union
    select e.child_id, 'member', t.depth + 1 from tree t
    join directory.list_entry e on e.list_id = t.id and e.role = t.role and e.child_id is not null
    join directory.list l on l.id = e.child_id and not l.disabled
    where t.depth < ${MAX_DEPTH}),
  entry as materialized (
    select e.id, e.account_id, e.unit_id, e.address, e.suspended_at from (select distinct id, role from tree) t
    join directory.list_entry e on e.list_id = t.id and e.role = t.role and e.child_id is null)`;

/** Accounts that can get mail and are meant by `entry`, by name or by unit, and have not left. */
const people = (listId: number, now: Date) => sql`
  from directory.account a join directory.unit u on u.id = a.unit_id
  where not a.disabled and a.deleted_at is null and a.purged_at is null and (a.expires_at is null or a.expires_at > ${now})
    and (a.id in (select account_id from entry where account_id is not null)
      or (a.kind = 'person' and u.ancestors && array(select unit_id from entry where unit_id is not null)))
    and not exists (select 1 from directory.list_entry x where x.list_id = ${listId} and x.role = 'left' and x.account_id = a.id)`;

const outside = (listId: number) => sql`
  from entry e where e.address is not null and e.suspended_at is null
    and not exists (select 1 from directory.list_entry x where x.list_id = ${listId} and x.role = 'left' and x.address = e.address)`;

export interface MemberRow {
  id: number;
  local: string;
  domain: string;
  kind: 'person' | 'unit';
}

/** The next members with an account here, by id: each once, however often he is named. */
export function findMembers(
  db: Queryable,
  listId: number,
  page: { after: number; limit: number; now: Date },
): Promise<MemberRow[]> {
  return many(
    db,
    sql<MemberRow>`with recursive ${entries(listId, 'member')}
      select a.id, a.local, a.domain, a.kind ${people(listId, page.now)} and a.id > ${page.after}
      order by a.id limit ${page.limit}`,
  );
}

export interface OutsideRow {
  id: number;
  address: string;
}

/** The next addresses outside, in their order. */
export function findOutside(
  db: Queryable,
  listId: number,
  page: { after: string; limit: number },
): Promise<OutsideRow[]> {
  return many(
    db,
    sql<OutsideRow>`with recursive ${entries(listId, 'member')}
      select min(e.id) as id, e.address ${outside(listId)} and e.address collate "C" > ${page.after}
      group by e.address order by e.address collate "C" limit ${page.limit}`,
  );
}

export function countReach(
  db: Queryable,
  listId: number,
  now: Date,
): Promise<{ people: number; outside: number }> {
  return one(
    db,
    sql<{ people: number; outside: number }>`with recursive ${entries(listId, 'member')}
      select (select count(*)::int ${people(listId, now)}) as people,
        (select count(distinct e.address)::int ${outside(listId)}) as outside`,
  );
}

/** Does a part of a list mean one of these accounts, or this address? Also who is suspended is a member. */
export async function isMeant(
  db: Queryable,
  listId: number,
  role: 'member' | 'sender',
  who: { accountIds: readonly number[]; address: string },
): Promise<boolean> {
  const row = await one(
    db,
    sql<{ found: boolean }>`with recursive ${entries(listId, role)}
      select exists (
        select 1 from entry e where e.account_id = any(${who.accountIds}::bigint[]) or e.address = ${who.address}
          or e.unit_id in (select unnest(u.ancestors) from directory.account a join directory.unit u on u.id = a.unit_id
            where a.id = any(${who.accountIds}::bigint[]) and a.kind = 'person')) as found`,
  );
  return row.found;
}
