import { many, maybe, one, type Queryable, run, sql } from '../kit/db/index.ts';

export interface UnitRow {
  id: number;
  parent_id: number | null;
  name: string;
  position: number;
  ancestors: number[];
  path: string;
  level: string | null;
  is_default: boolean;
  head_id: number | null;
  head_name: string | null;
  head_local: string | null;
  children: number;
  accounts: number;
}

const select = sql`
  select u.id, u.parent_id, u.name, u.position, u.ancestors, u.path, u.level, u.is_default, u.head_id,
         h.name as head_name, h.local as head_local,
         (select count(*)::int from directory.unit c where c.parent_id = u.id) as children,
         (select count(*)::int from directory.account a
           where a.unit_id = u.id and a.kind = 'person' and a.purged_at is null) as accounts
  from directory.unit u left join directory.account h on h.id = u.head_id`;

/** Children of a unit (null: the first level), the default unit last. */
export function findChildren(db: Queryable, parentId: number | null): Promise<UnitRow[]> {
  return many(
    db,
    sql<UnitRow>`${select} where u.parent_id is not distinct from ${parentId}::bigint order by u.is_default, u.position`,
  );
}

export function findUnits(db: Queryable, ids: number[]): Promise<UnitRow[]> {
  return many(db, sql<UnitRow>`${select} where u.id = any(${ids}::bigint[]) order by u.path`);
}

export function findUnit(db: Queryable, id: number): Promise<UnitRow | undefined> {
  return maybe(db, sql<UnitRow>`${select} where u.id = ${id}`);
}

/** Takes the row for a change; callers lock parents before children. */
export async function lockUnit(db: Queryable, id: number): Promise<boolean> {
  return (await maybe(db, sql`select id from directory.unit where id = ${id} for update`)) !== undefined;
}

/** Serialises changes of the order below one parent. */
export async function lockSiblings(db: Queryable, parentId: number | null): Promise<void> {
  await run(db, sql`select pg_advisory_xact_lock(7205130, ${(parentId ?? 0) % 2_000_000_000}::int)`);
}

/** Units in scope whose name, pinyin or initials match. */
export function searchUnits(
  db: Queryable,
  text: string,
  within: number[] | undefined,
  limit: number,
): Promise<UnitRow[]> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return many(
    db,
    sql<UnitRow>`${select}
      where (u.name ilike ${pattern} or u.pinyin like ${pattern.toLowerCase()} or u.initials like ${pattern.toLowerCase()})
        and (${within ?? null}::bigint[] is null or u.ancestors && ${within ?? null}::bigint[])
      order by u.path limit ${limit}`,
  );
}

export interface NewUnit {
  parentId: number | null;
  name: string;
  path: string;
  parentAncestors: number[];
  pinyin: string;
  initials: string;
  level: string | null;
  isDefault: boolean;
  now: Date;
}

export async function insertUnit(db: Queryable, unit: NewUnit): Promise<number> {
  const row = await one(
    db,
    sql<{ id: number }>`
      with next as (select nextval(pg_get_serial_sequence('directory.unit', 'id')) as id)
      insert into directory.unit (id, parent_id, name, position, ancestors, path, pinyin, initials, level, is_default, created_at)
      overriding system value
      select next.id, ${unit.parentId}::bigint, ${unit.name},
             coalesce((select max(position) from directory.unit
                       where parent_id is not distinct from ${unit.parentId}::bigint and not is_default), 0) + 1
               + case when ${unit.isDefault} then 1000000 else 0 end,
             ${unit.parentAncestors}::bigint[] || next.id, ${unit.path}, ${unit.pinyin}, ${unit.initials},
             ${unit.level}, ${unit.isDefault}, ${unit.now}
      from next returning id`,
  );
  return row.id;
}

export async function renameUnit(
  db: Queryable,
  id: number,
  name: string,
  keys: { pinyin: string; initials: string },
): Promise<void> {
  await run(
    db,
    sql`update directory.unit set name = ${name}, pinyin = ${keys.pinyin}, initials = ${keys.initials} where id = ${id}`,
  );
  // Paths of everything below begin with this unit's: build them anew from the names.
  await run(
    db,
    sql`update directory.unit u set path = (
          select string_agg(a.name, '/' order by array_position(u.ancestors, a.id))
          from directory.unit a where a.id = any(u.ancestors))
        where u.ancestors @> array[${id}::bigint]`,
  );
}

export async function setHead(db: Queryable, id: number, headId: number | null): Promise<void> {
  await run(db, sql`update directory.unit set head_id = ${headId} where id = ${id}`);
}

export async function swapPositions(db: Queryable, a: UnitRow, b: UnitRow): Promise<void> {
  await run(
    db,
    sql`update directory.unit set position = case id when ${a.id} then ${b.position}::int else ${a.position}::int end
        where id in (${a.id}, ${b.id})`,
  );
}

export async function deleteUnit(db: Queryable, id: number): Promise<void> {
  await run(db, sql`delete from directory.unit where id = ${id}`);
}

export async function findDefaultUnit(db: Queryable): Promise<number> {
  return (await one(db, sql<{ id: number }>`select id from directory.unit where is_default`)).id;
}

export interface UnitHead {
  id: number;
  parent_id: number | null;
  head_id: number | null;
}

/** A unit and its ancestors with their heads, from the unit up to the root. */
export function findHeadsUpwards(db: Queryable, unitId: number): Promise<UnitHead[]> {
  return many(
    db,
    sql<UnitHead>`select a.id, a.parent_id, a.head_id
      from directory.unit u join directory.unit a on a.id = any(u.ancestors)
      where u.id = ${unitId} order by array_position(u.ancestors, a.id) desc`,
  );
}

export async function findUnitByPath(db: Queryable, path: string): Promise<{ id: number } | undefined> {
  return maybe(db, sql<{ id: number }>`select id from directory.unit where path = ${path}`);
}
