import { many, maybe, type Queryable, run, sql } from '../kit/db/index.ts';
import type { AdminTier } from './administrators.policy.ts';

export interface AdministratorRow {
  account_id: number;
  tier: AdminTier;
  unit_id: number | null;
  unit_name: string | null;
  unit_ancestors: number[] | null;
  name: string;
  local: string;
  person_unit: string | null;
}

const select = sql`
  select m.account_id, m.tier, m.unit_id, u.name as unit_name, u.ancestors as unit_ancestors, a.name, a.local,
         case when pu.is_default then null else pu.name end as person_unit
  from directory.administrator m
  join directory.account a on a.id = m.account_id
  join directory.unit pu on pu.id = a.unit_id
  left join directory.unit u on u.id = m.unit_id`;

export function findAdministrator(db: Queryable, accountId: number): Promise<AdministratorRow | undefined> {
  return maybe(db, sql<AdministratorRow>`${select} where m.account_id = ${accountId}`);
}

/** All administrators, or only those of units below one of `within`. */
export function findAdministrators(db: Queryable, within: number[] | undefined): Promise<AdministratorRow[]> {
  return many(
    db,
    sql<AdministratorRow>`${select}
      where ${within ?? null}::bigint[] is null or u.ancestors && ${within ?? null}::bigint[]
      order by array_position(array['super', 'company', 'unit'], m.tier), u.path, a.name collate "zh-x-icu"`,
  );
}

export async function upsertAdministrator(
  db: Queryable,
  row: { accountId: number; tier: AdminTier; unitId: number | null; now: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into directory.administrator (account_id, tier, unit_id, created_at)
        values (${row.accountId}, ${row.tier}, ${row.unitId}, ${row.now})
        on conflict (account_id) do update set tier = excluded.tier, unit_id = excluded.unit_id, created_at = excluded.created_at`,
  );
}

export async function deleteAdministrator(db: Queryable, accountId: number): Promise<void> {
  await run(db, sql`delete from directory.administrator where account_id = ${accountId}`);
}

/** Accounts of super and company administrators that can sign in, the super administrator first. */
export async function findInstitutionWide(db: Queryable): Promise<number[]> {
  const rows = await many(
    db,
    sql<{ account_id: number }>`select m.account_id from directory.administrator m
      join directory.account a on a.id = m.account_id
      where m.tier in ('super', 'company') and not a.disabled and a.deleted_at is null and a.purged_at is null
      order by m.tier desc, m.account_id`,
  );
  return rows.map((row) => row.account_id);
}
