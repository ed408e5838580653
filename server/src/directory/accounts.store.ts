import { many, maybe, one, type Queryable, run, sql } from '../kit/db/index.ts';
import type { Tier } from './administrators.policy.ts';

export type PersonKind = 'staff' | 'student' | 'other';
export type State = 'active' | 'disabled' | 'expired' | 'deleted';

export interface AccountRow {
  id: number;
  kind: 'person' | 'unit';
  local: string;
  domain: string;
  name: string;
  name_order: string;
  number: string | null;
  person_kind: PersonKind;
  unit_id: number;
  unit_name: string;
  unit_path: string;
  unit_ancestors: number[];
  unit_default: boolean;
  post: string | null;
  state: State;
  disabled: boolean;
  expires_at: Date | null;
  deleted_at: Date | null;
  listed: boolean;
  quota_bytes: number;
  allow_web: boolean;
  allow_imap: boolean;
  allow_pop3: boolean;
  allow_smtp: boolean;
  office_phone: string | null;
  mobile: string | null;
  bound_phone: Buffer | null;
  locale: 'zh-CN' | 'en' | null;
  theme: 'system' | 'light' | 'dark';
  time_zone: string;
  auth_version: number;
  aliases: string[];
  tier: Tier;
  created_at: Date;
}

/** Deleted wins over expired, expired over disabled: the order in which they end access for good. */
const state = (now: Date) => sql`
  case when a.deleted_at is not null or a.purged_at is not null then 'deleted'
       when a.expires_at is not null and a.expires_at <= ${now} then 'expired'
       when a.disabled then 'disabled' else 'active' end`;

const select = (now: Date) => sql`
  select a.id, a.kind, a.local, a.domain, a.name, a.name_order, a.number, a.person_kind, a.unit_id, u.name as unit_name,
         u.path as unit_path, u.ancestors as unit_ancestors, u.is_default as unit_default, a.post,
         ${state(now)} as state, a.disabled, a.expires_at, a.deleted_at, a.listed, a.quota_bytes,
         a.allow_web, a.allow_imap, a.allow_pop3, a.allow_smtp, a.office_phone, a.mobile, a.bound_phone,
         a.locale, a.theme, a.time_zone, a.auth_version, a.created_at,
         coalesce(m.tier, 'user') as tier,
         array(select d.local from directory.address d where d.account_id = a.id and d.kind = 'alias' order by d.local) as aliases
  from directory.account a
  join directory.unit u on u.id = a.unit_id
  left join directory.administrator m on m.account_id = a.id`;

export function findAccount(db: Queryable, id: number, now: Date): Promise<AccountRow | undefined> {
  return maybe(db, sql<AccountRow>`${select(now)} where a.id = ${id} and a.purged_at is null`);
}

/** Also people who are gone for good: history shows their names. */
export function findAccounts(db: Queryable, ids: number[], now: Date): Promise<AccountRow[]> {
  return many(db, sql<AccountRow>`${select(now)} where a.id = any(${ids}::bigint[])`);
}

export async function lockAccount(db: Queryable, id: number): Promise<void> {
  await run(db, sql`select id from directory.account where id = ${id} for update`);
}

export type Sort = 'name' | '-name' | 'address' | '-address';

export interface AccountFilter {
  /** Scope roots of the reader; undefined = all. */
  within: number[] | undefined;
  unitId: number | undefined;
  below: boolean;
  search: string | undefined;
  state: State | undefined;
  sort: Sort;
  /** Key of the last row of the page before. */
  after: { key: string; id: number } | undefined;
  limit: number;
  now: Date;
}

function conditions(filter: AccountFilter) {
  const pattern =
    filter.search === undefined ? null : `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return sql`a.kind = 'person' and a.purged_at is null
    and (${filter.within ?? null}::bigint[] is null or u.ancestors && ${filter.within ?? null}::bigint[])
    and (${filter.unitId ?? null}::bigint is null
         or case when ${filter.below} then u.ancestors @> array[${filter.unitId ?? null}::bigint] else a.unit_id = ${filter.unitId ?? null} end)
    and (${filter.state ?? null}::text is null or ${state(filter.now)} = ${filter.state ?? null})
    and (${pattern}::text is null or lower(a.name) like ${pattern} or a.local like ${pattern} or a.pinyin like ${pattern}
         or a.initials like ${pattern} or a.number like ${pattern} or a.mobile like ${pattern} or a.office_phone like ${pattern}
         or exists (select 1 from directory.address d where d.account_id = a.id and d.local like ${pattern}))`;
}

const SORT_KEYS = {
  name: { key: sql`a.name_order collate "C"`, order: sql`asc`, compare: sql`>` },
  '-name': { key: sql`a.name_order collate "C"`, order: sql`desc`, compare: sql`<` },
  address: { key: sql`a.local collate "C"`, order: sql`asc`, compare: sql`>` },
  '-address': { key: sql`a.local collate "C"`, order: sql`desc`, compare: sql`<` },
};

/** One keyset page; no OFFSET, so that page 400 costs what page 1 does. */
export function searchAccounts(db: Queryable, filter: AccountFilter): Promise<AccountRow[]> {
  const { key, order, compare } = SORT_KEYS[filter.sort];
  const after = filter.after
    ? sql`and (${key}, a.id) ${compare} (${filter.after.key}, ${filter.after.id})`
    : sql``;
  return many(
    db,
    sql<AccountRow>`${select(filter.now)} where ${conditions(filter)} ${after}
      order by ${key} ${order}, a.id ${order} limit ${filter.limit}`,
  );
}

export async function countAccounts(db: Queryable, filter: AccountFilter): Promise<number> {
  const row = await one(
    db,
    sql<{
      n: number;
    }>`select count(*)::int as n from directory.account a join directory.unit u on u.id = a.unit_id
      where ${conditions(filter)}`,
  );
  return row.n;
}

export interface NewAccount {
  kind: 'person' | 'unit';
  local: string;
  domain: string;
  name: string;
  pinyin: string;
  order: string;
  initials: string;
  number: string | null;
  personKind: PersonKind;
  unitId: number;
  post: string | null;
  expiresAt: Date | null;
  quotaBytes: number;
  officePhone: string | null;
  mobile: string | null;
  boundPhone: Buffer | null;
  boundPhoneIndex: Buffer | null;
  nationalId: Buffer | null;
  nationalIdIndex: Buffer | null;
  allowWeb: boolean;
  now: Date;
}

export async function insertAccount(db: Queryable, account: NewAccount): Promise<number> {
  const row = await one(
    db,
    sql<{ id: number }>`insert into directory.account
      (kind, local, domain, name, pinyin, name_order, initials, number, person_kind, unit_id, post, expires_at, quota_bytes,
       office_phone, mobile, bound_phone, bound_phone_index, national_id, national_id_index, allow_web, created_at)
      values (${account.kind}, ${account.local}, ${account.domain}, ${account.name}, ${account.pinyin}, ${account.order}, ${account.initials},
              ${account.number}, ${account.personKind}, ${account.unitId}, ${account.post}, ${account.expiresAt},
              ${account.quotaBytes}, ${account.officePhone}, ${account.mobile}, ${account.boundPhone}, ${account.boundPhoneIndex},
              ${account.nationalId}, ${account.nationalIdIndex}, ${account.allowWeb}, ${account.now})
      returning id`,
  );
  return row.id;
}

export interface AccountChange {
  name?: { name: string; pinyin: string; order: string; initials: string };
  unitId?: number;
  number?: string | null;
  personKind?: PersonKind;
  post?: string | null;
  expiresAt?: Date | null;
  listed?: boolean;
  quotaBytes?: number;
  protocols?: { web: boolean; imap: boolean; pop3: boolean; smtp: boolean };
  officePhone?: string | null;
  mobile?: string | null;
  boundPhone?: { sealed: Buffer; index: Buffer } | null;
  locale?: string | null;
  theme?: string;
  timeZone?: string;
}

export async function updateAccount(db: Queryable, id: number, change: AccountChange): Promise<void> {
  const sets = [];
  if (change.name) {
    sets.push(
      sql`name = ${change.name.name}, pinyin = ${change.name.pinyin}, name_order = ${change.name.order}, initials = ${change.name.initials}`,
    );
  }
  if (change.unitId !== undefined) sets.push(sql`unit_id = ${change.unitId}`);
  if (change.number !== undefined) sets.push(sql`number = ${change.number}`);
  if (change.personKind !== undefined) sets.push(sql`person_kind = ${change.personKind}`);
  if (change.post !== undefined) sets.push(sql`post = ${change.post}`);
  if (change.expiresAt !== undefined) sets.push(sql`expires_at = ${change.expiresAt}`);
  if (change.listed !== undefined) sets.push(sql`listed = ${change.listed}`);
  if (change.quotaBytes !== undefined) sets.push(sql`quota_bytes = ${change.quotaBytes}`);
  if (change.protocols) {
    const { web, imap, pop3, smtp } = change.protocols;
    sets.push(sql`allow_web = ${web}, allow_imap = ${imap}, allow_pop3 = ${pop3}, allow_smtp = ${smtp}`);
  }
  if (change.officePhone !== undefined) sets.push(sql`office_phone = ${change.officePhone}`);
  if (change.mobile !== undefined) sets.push(sql`mobile = ${change.mobile}`);
  if (change.boundPhone !== undefined) {
    sets.push(
      sql`bound_phone = ${change.boundPhone?.sealed ?? null}, bound_phone_index = ${change.boundPhone?.index ?? null}`,
    );
  }
  if (change.locale !== undefined) sets.push(sql`locale = ${change.locale}`);
  if (change.theme !== undefined) sets.push(sql`theme = ${change.theme}`);
  if (change.timeZone !== undefined) sets.push(sql`time_zone = ${change.timeZone}`);
  if (sets.length === 0) return;
  await run(db, sql`update directory.account set ${sql.join(sets)} where id = ${id}`);
}

export async function setLife(
  db: Queryable,
  id: number,
  life: { disabled?: boolean; deletedAt?: Date | null; expiresAt?: Date | null },
): Promise<void> {
  const sets = [sql`auth_version = auth_version + 1`];
  if (life.disabled !== undefined) sets.push(sql`disabled = ${life.disabled}`);
  if (life.deletedAt !== undefined) sets.push(sql`deleted_at = ${life.deletedAt}`);
  if (life.expiresAt !== undefined) sets.push(sql`expires_at = ${life.expiresAt}`);
  await run(db, sql`update directory.account set ${sql.join(sets)} where id = ${id}`);
}

/** Ends every live session and cached sign-in of the account. */
export async function raiseAuthVersion(db: Queryable, id: number): Promise<void> {
  await run(db, sql`update directory.account set auth_version = auth_version + 1 where id = ${id}`);
}

/** Accounts whose seven days of grace are over. */
export function findPurgeable(
  db: Queryable,
  before: Date,
  limit: number,
): Promise<{ id: number; local: string; name: string }[]> {
  return many(
    db,
    sql<{ id: number; local: string; name: string }>`select id, local, name from directory.account
      where purged_at is null and (deleted_at <= ${before} or (deleted_at is null and expires_at <= ${before}))
      order by id limit ${limit} for update skip locked`,
  );
}

/** Frees the name and takes personal data away; the row stays, so that history keeps its name. */
export async function purgeAccount(db: Queryable, id: number, now: Date): Promise<void> {
  await run(db, sql`delete from directory.address where account_id = ${id}`);
  await run(db, sql`delete from directory.administrator where account_id = ${id}`);
  await run(
    db,
    sql`delete from directory.unit_mailbox_member where account_id = ${id} or mailbox_id = ${id}`,
  );
  await run(db, sql`update directory.unit set head_id = null where head_id = ${id}`);
  await run(db, sql`update directory.domain set catch_all_id = null where catch_all_id = ${id}`);
  await run(
    db,
    sql`update directory.account set purged_at = ${now}, number = null, bound_phone = null, bound_phone_index = null,
          national_id = null, national_id_index = null, office_phone = null, mobile = null, listed = false,
          auth_version = auth_version + 1
        where id = ${id}`,
  );
}
