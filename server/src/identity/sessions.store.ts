import { many, maybe, type Queryable, run, sql } from '../kit/db/index.ts';

export interface SessionRow {
  id: string;
  account_id: number;
  device: string;
  address: string;
  created_at: Date;
  seen_at: Date;
}

export interface LiveSessionRow {
  id: string;
  account_id: number;
  seen_at: Date;
  local: string;
  locale: 'zh-CN' | 'en' | null;
}

export async function insertSession(
  db: Queryable,
  session: {
    id: string;
    tokenHash: Buffer;
    accountId: number;
    authVersion: number;
    device: string;
    address: string;
    now: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await run(
    db,
    sql`insert into identity.session (id, token_hash, account_id, auth_version, device, address, created_at, seen_at, expires_at)
        values (${session.id}::uuid, ${session.tokenHash}, ${session.accountId}, ${session.authVersion}, ${session.device},
                ${session.address}, ${session.now}, ${session.now}, ${session.expiresAt})`,
  );
}

/** The session of a token, if it, its account and its auth version are all still good. */
export function findLiveSession(
  db: Queryable,
  tokenHash: Buffer,
  now: Date,
): Promise<LiveSessionRow | undefined> {
  return maybe(
    db,
    sql<LiveSessionRow>`select s.id, s.account_id, s.seen_at, a.local, a.locale
      from identity.session s join directory.account a on a.id = s.account_id
      where s.token_hash = ${tokenHash} and s.expires_at > ${now} and s.auth_version = a.auth_version
        and a.purged_at is null and a.deleted_at is null and not a.disabled and a.allow_web
        and (a.expires_at is null or a.expires_at > ${now})`,
  );
}

export async function touchSession(db: Queryable, id: string, now: Date, address: string): Promise<void> {
  await run(
    db,
    sql`update identity.session set seen_at = ${now}, address = ${address} where id = ${id}::uuid`,
  );
}

export function findSessionsOf(db: Queryable, accountId: number, now: Date): Promise<SessionRow[]> {
  return many(
    db,
    sql<SessionRow>`select s.id, s.account_id, s.device, s.address, s.created_at, s.seen_at
      from identity.session s join directory.account a on a.id = s.account_id
      where s.account_id = ${accountId} and s.expires_at > ${now} and s.auth_version = a.auth_version
      order by s.seen_at desc limit 200`,
  );
}

export async function deleteSession(db: Queryable, id: string, accountId: number): Promise<number> {
  return run(db, sql`delete from identity.session where id = ${id}::uuid and account_id = ${accountId}`);
}

export async function deleteOtherSessions(db: Queryable, accountId: number, except: string): Promise<number> {
  return run(db, sql`delete from identity.session where account_id = ${accountId} and id <> ${except}::uuid`);
}

/** Carries one session over a change of password that ends all others. */
export async function setSessionVersion(db: Queryable, id: string, authVersion: number): Promise<void> {
  await run(db, sql`update identity.session set auth_version = ${authVersion} where id = ${id}::uuid`);
}

export async function deleteExpiredSessions(db: Queryable, now: Date): Promise<void> {
  await run(db, sql`delete from identity.session where expires_at <= ${now}`);
}

export interface SignInRow {
  at: Date;
  protocol: string;
  address: string;
  device: string;
  ok: boolean;
}

export async function insertSignIn(db: Queryable, row: SignInRow & { accountId: number }): Promise<void> {
  await run(
    db,
    sql`insert into identity.sign_in (account_id, at, protocol, address, device, ok)
        values (${row.accountId}, ${row.at}, ${row.protocol}, ${row.address}, ${row.device}, ${row.ok})`,
  );
}

export function findSignIns(db: Queryable, accountId: number, limit: number): Promise<SignInRow[]> {
  return many(
    db,
    sql<SignInRow>`select at, protocol, address, device, ok from identity.sign_in
      where account_id = ${accountId} order by at desc limit ${limit}`,
  );
}

export async function insertCaptcha(
  db: Queryable,
  id: string,
  answer: Buffer,
  expiresAt: Date,
): Promise<void> {
  await run(
    db,
    sql`insert into identity.captcha (id, answer, expires_at) values (${id}::uuid, ${answer}, ${expiresAt})`,
  );
}

/** Takes it away: an answer counts once, right or wrong. */
export async function takeCaptcha(db: Queryable, id: string, now: Date): Promise<Buffer | undefined> {
  const row = await maybe(
    db,
    sql<{
      answer: Buffer;
      expires_at: Date;
    }>`delete from identity.captcha where id = ${id}::uuid returning answer, expires_at`,
  );
  return row && row.expires_at > now ? row.answer : undefined;
}

export async function deleteExpiredCaptchas(db: Queryable, now: Date): Promise<void> {
  await run(db, sql`delete from identity.captcha where expires_at <= ${now}`);
}

/** The last good sign-in of each account. */
export async function findLastSignIns(db: Queryable, accountIds: number[]): Promise<Map<number, Date>> {
  const rows = await many(
    db,
    sql<{ account_id: number; at: Date }>`select account_id, max(at) as at from identity.sign_in
      where account_id = any(${accountIds}::bigint[]) and ok group by account_id`,
  );
  return new Map(rows.map((row) => [row.account_id, row.at]));
}
