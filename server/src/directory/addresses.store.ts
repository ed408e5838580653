import { many, maybe, type Queryable, run, sql } from '../kit/db/index.ts';
import type { State } from './accounts.store.ts';

export interface AddressRow {
  kind: 'account' | 'alias';
  local: string;
  list_id: null;
  account_id: number;
  main_local: string;
  main_domain: string;
  account_kind: 'person' | 'unit';
  disabled: boolean;
  expires_at: Date | null;
  deleted_at: Date | null;
  quota_bytes: number;
}

export interface ListAddressRow {
  kind: 'list';
  local: string;
  list_id: number;
  domain: string;
  disabled: boolean;
}

export function findAddress(
  db: Queryable,
  domain: string,
  local: string,
): Promise<AddressRow | ListAddressRow | undefined> {
  return maybe(
    db,
    sql<
      AddressRow | ListAddressRow
    >`select d.kind, d.local, d.domain, d.list_id, d.account_id, a.local as main_local,
        a.domain as main_domain, a.kind as account_kind, coalesce(a.disabled, l.disabled) as disabled, a.expires_at,
        a.deleted_at, a.quota_bytes
      from directory.address d left join directory.account a on a.id = d.account_id
      left join directory.list l on l.id = d.list_id
      where d.domain = ${domain} and d.local = ${local}`,
  );
}

/** The main address of an account. */
export function findMainAddress(db: Queryable, accountId: number): Promise<AddressRow | undefined> {
  return maybe(
    db,
    sql<AddressRow>`select 'account' as kind, a.local, null as list_id, a.id as account_id, a.local as main_local,
        a.domain as main_domain, a.kind as account_kind, a.disabled, a.expires_at, a.deleted_at, a.quota_bytes
      from directory.account a where a.id = ${accountId} and a.purged_at is null`,
  );
}

export async function insertAddress(
  db: Queryable,
  address: { domain: string; local: string; kind: 'account' | 'alias'; accountId: number; now: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into directory.address (domain, local, kind, account_id, created_at)
        values (${address.domain}, ${address.local}, ${address.kind}, ${address.accountId}, ${address.now})`,
  );
}

export async function insertListAddress(
  db: Queryable,
  address: { domain: string; local: string; listId: number; now: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into directory.address (domain, local, kind, list_id, created_at)
        values (${address.domain}, ${address.local}, 'list', ${address.listId}, ${address.now})`,
  );
}

export async function deleteAlias(db: Queryable, accountId: number, local: string): Promise<number> {
  return run(
    db,
    sql`delete from directory.address where account_id = ${accountId} and local = ${local} and kind = 'alias'`,
  );
}

export interface DomainRow {
  name: string;
  is_primary: boolean;
  alias_of: string | null;
  catch_all_id: number | null;
  catch_all_name: string | null;
  catch_all_local: string | null;
  accounts: number;
}

export function findDomains(db: Queryable): Promise<DomainRow[]> {
  return many(
    db,
    sql<DomainRow>`select d.name, d.is_primary, d.alias_of, d.catch_all_id, c.name as catch_all_name, c.local as catch_all_local,
        (select count(*)::int from directory.account a where a.domain = d.name and a.purged_at is null) as accounts
      from directory.domain d left join directory.account c on c.id = d.catch_all_id order by d.is_primary desc, d.name`,
  );
}

export interface DomainRules {
  name: string;
  alias_of: string | null;
  catch_all_id: number | null;
}

/** What resolving needs of each domain, primary first: asked for every recipient, so without counts. */
export function findDomainRules(db: Queryable): Promise<DomainRules[]> {
  return many(
    db,
    sql<DomainRules>`select name, alias_of, catch_all_id from directory.domain order by is_primary desc, name`,
  );
}

/** Names only, primary first. */
export async function findDomainNames(db: Queryable): Promise<string[]> {
  return (await findDomainRules(db)).map((row) => row.name);
}

/** Takes a domain so that it cannot become an alias (or cease to be one) before the transaction ends. */
export function lockDomain(
  db: Queryable,
  name: string,
): Promise<(DomainRules & { is_primary: boolean }) | undefined> {
  return maybe(
    db,
    sql<
      DomainRules & { is_primary: boolean }
    >`select name, is_primary, alias_of, catch_all_id from directory.domain where name = ${name} for update`,
  );
}

/** Addresses of its own, or other domains that have its addresses: then it cannot be an alias itself. */
export async function isDomainUsed(db: Queryable, name: string): Promise<boolean> {
  return (
    (await maybe(
      db,
      sql`select 1 from directory.domain d where d.name = ${name} and (
            exists (select 1 from directory.address a where a.domain = d.name)
            or exists (select 1 from directory.account a where a.domain = d.name and a.purged_at is null)
            or exists (select 1 from directory.domain o where o.alias_of = d.name))`,
    )) !== undefined
  );
}

export async function updateDomain(
  db: Queryable,
  name: string,
  change: { aliasOf: string | null; catchAllId: number | null },
): Promise<void> {
  await run(
    db,
    sql`update directory.domain set alias_of = ${change.aliasOf}, catch_all_id = ${change.catchAllId} where name = ${name}`,
  );
}

export async function insertDomain(db: Queryable, name: string, primary: boolean, now: Date): Promise<void> {
  await run(
    db,
    sql`insert into directory.domain (name, is_primary, created_at) values (${name}, ${primary}, ${now})`,
  );
}

export interface OwnAddressRow {
  local: string;
  domain: string;
  kind: 'account' | 'alias';
  name: string;
}

export function findAddressesOf(db: Queryable, accountId: number): Promise<OwnAddressRow[]> {
  return many(
    db,
    sql<OwnAddressRow>`select d.local, d.domain, d.kind, a.name
      from directory.address d join directory.account a on a.id = d.account_id
      where d.account_id = ${accountId} order by d.kind, d.local`,
  );
}

export interface SharedRow {
  id: number;
  local: string;
  domain: string;
  name: string;
  can_send: boolean;
  quota_bytes: number;
}

/** Unit mailboxes that a person reaches as owner or member, if they are usable now. */
export function findSharedMailboxes(db: Queryable, accountId: number, now: Date): Promise<SharedRow[]> {
  return many(
    db,
    sql<SharedRow>`select a.id, a.local, a.domain, a.name, a.quota_bytes, (b.owner_id = ${accountId} or m.can_send) as can_send
      from directory.unit_mailbox b
      join directory.account a on a.id = b.account_id
      left join directory.unit_mailbox_member m on m.mailbox_id = b.account_id and m.account_id = ${accountId}
      where (b.owner_id = ${accountId} or m.account_id is not null)
        and not a.disabled and a.deleted_at is null and a.purged_at is null and (a.expires_at is null or a.expires_at > ${now})
      order by a.name collate "zh-x-icu", a.id`,
  );
}

export function findLiveAccounts(
  db: Queryable,
  accountIds: readonly number[],
  now: Date,
): Promise<Omit<SharedRow, 'can_send'>[]> {
  return many(
    db,
    sql<
      Omit<SharedRow, 'can_send'>
    >`select a.id, a.local, a.domain, a.name, a.quota_bytes from directory.account a
      where a.id = any(${accountIds}::bigint[]) and not a.disabled and a.deleted_at is null and a.purged_at is null
        and (a.expires_at is null or a.expires_at > ${now})
      order by a.id`,
  );
}

/** Who gets mail to postmaster and the other reserved names. */
export async function findSuperAdministrator(db: Queryable): Promise<number | undefined> {
  return (
    await maybe(
      db,
      sql<{ account_id: number }>`select account_id from directory.administrator where tier = 'super'`,
    )
  )?.account_id;
}

export type { State };
