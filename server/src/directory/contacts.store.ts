import { many, type Queryable, sql } from '../kit/db/index.ts';

export interface ContactRow {
  id: number;
  name: string;
  name_order: string;
  local: string;
  domain: string;
  unit: string | null;
  post: string | null;
  office_phone: string | null;
  mobile: string | null;
}

export interface ContactFilter {
  unitId: number | undefined;
  search: string | undefined;
  after: { key: string; id: number } | undefined;
  limit: number;
  now: Date;
}

/** Listed people who can be reached now; search by name, pinyin, initials, address, phone (ADM-7). */
export function findContacts(db: Queryable, filter: ContactFilter): Promise<ContactRow[]> {
  const pattern =
    filter.search === undefined ? null : `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const after = filter.after
    ? sql`and (a.name_order collate "C", a.id) > (${filter.after.key}, ${filter.after.id})`
    : sql``;
  return many(
    db,
    sql<ContactRow>`select a.id, a.name, a.name_order, a.local, a.domain, case when u.is_default then null else u.name end as unit,
        a.post, a.office_phone, a.mobile
      from directory.account a join directory.unit u on u.id = a.unit_id
      where a.kind = 'person' and a.listed and a.purged_at is null and a.deleted_at is null and not a.disabled
        and (a.expires_at is null or a.expires_at > ${filter.now})
        and (${filter.unitId ?? null}::bigint is null or u.ancestors @> array[${filter.unitId ?? null}::bigint])
        and (${pattern}::text is null or lower(a.name) like ${pattern} or a.local like ${pattern} or a.pinyin like ${pattern}
             or a.initials like ${pattern} or a.mobile like ${pattern} or a.office_phone like ${pattern} or a.number like ${pattern})
        ${after}
      order by a.name_order collate "C", a.id limit ${filter.limit}`,
  );
}
