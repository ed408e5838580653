import { many, maybe, type Queryable, run, sql } from '../kit/db/index.ts';

export interface CredentialRow {
  account_id: number;
  hash: string;
  client_only: boolean;
  must_change: boolean;
}

export function findCredential(db: Queryable, accountId: number): Promise<CredentialRow | undefined> {
  return maybe(
    db,
    sql<CredentialRow>`select account_id, hash, client_only, must_change from identity.credential where account_id = ${accountId}`,
  );
}

export async function upsertCredential(
  db: Queryable,
  row: { accountId: number; hash: string; clientOnly: boolean; mustChange: boolean; now: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into identity.credential (account_id, hash, client_only, must_change, changed_at)
        values (${row.accountId}, ${row.hash}, ${row.clientOnly}, ${row.mustChange}, ${row.now})
        on conflict (account_id) do update set hash = excluded.hash, client_only = excluded.client_only,
          must_change = excluded.must_change, changed_at = excluded.changed_at`,
  );
  await run(
    db,
    sql`insert into identity.password_history (account_id, hash, created_at) values (${row.accountId}, ${row.hash}, ${row.now})`,
  );
}

/** An account that is gone for good signs in no more; its row stays for history, so nothing cascades. */
export async function deleteAccess(db: Queryable, accountId: number): Promise<void> {
  await run(db, sql`delete from identity.credential where account_id = ${accountId}`);
  await run(db, sql`delete from identity.password_history where account_id = ${accountId}`);
  await run(db, sql`delete from identity.session where account_id = ${accountId}`);
}

export async function findHistory(db: Queryable, accountId: number, count: number): Promise<string[]> {
  const rows = await many(
    db,
    sql<{ hash: string }>`select hash from identity.password_history where account_id = ${accountId}
      order by created_at desc limit ${count}`,
  );
  return rows.map((row) => row.hash);
}

export interface LoginRow {
  id: number;
  kind: 'person' | 'unit';
  local: string;
  domain: string;
  auth_version: number;
  disabled: boolean;
  expires_at: Date | null;
  deleted_at: Date | null;
  allow_web: boolean;
  allow_imap: boolean;
  allow_pop3: boolean;
  allow_smtp: boolean;
  hash: string | null;
  client_only: boolean | null;
  must_change: boolean | null;
}

const login = sql`
  select a.id, a.kind, a.local, a.domain, a.auth_version, a.disabled, a.expires_at, a.deleted_at,
         a.allow_web, a.allow_imap, a.allow_pop3, a.allow_smtp, c.hash, c.client_only, c.must_change
  from directory.account a left join identity.credential c on c.account_id = a.id`;

/** By main address or alias. */
export function findLoginByAddress(
  db: Queryable,
  local: string,
  domain: string,
): Promise<LoginRow | undefined> {
  return maybe(
    db,
    sql<LoginRow>`${login} where a.purged_at is null and a.id =
      (select account_id from directory.address where domain = ${domain} and local = ${local})`,
  );
}

export function findLoginByNumber(db: Queryable, number: string): Promise<LoginRow | undefined> {
  return maybe(db, sql<LoginRow>`${login} where a.purged_at is null and a.number = ${number}`);
}

export function findLoginByPhone(db: Queryable, index: Buffer): Promise<LoginRow | undefined> {
  return maybe(db, sql<LoginRow>`${login} where a.purged_at is null and a.bound_phone_index = ${index}`);
}

export async function insertFormSecret(
  db: Queryable,
  secret: { id: string; caseId: string; hash: string; now: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into identity.form_secret (id, case_id, hash, created_at)
        values (${secret.id}::uuid, ${secret.caseId}::uuid, ${secret.hash}, ${secret.now})`,
  );
}

export async function findFormSecret(db: Queryable, id: string, caseId: string): Promise<string | undefined> {
  const row = await maybe(
    db,
    sql<{
      hash: string;
    }>`select hash from identity.form_secret where id = ${id}::uuid and case_id = ${caseId}::uuid`,
  );
  return row?.hash;
}

export async function deleteFormSecrets(db: Queryable, caseId: string, except: string[]): Promise<void> {
  await run(
    db,
    sql`delete from identity.form_secret where case_id = ${caseId}::uuid and id <> all(${except}::uuid[])`,
  );
}
