import { many, maybe, one, type Queryable, run, sql } from '../../kit/db/index.ts';

export type KeyState = 'planned' | 'active' | 'retiring' | 'retired';

export interface KeyRow {
  key_id: number;
  domain: string;
  selector: string;
  algorithm: 'rsa' | 'ed25519';
  state: KeyState;
  private_key: Buffer;
  public_key: string;
  created_at: Date;
  state_at: Date;
}

export function findKeys(db: Queryable): Promise<KeyRow[]> {
  return many(
    db,
    sql<KeyRow>`select * from mail.dkim_key order by domain, created_at desc, algorithm desc limit 2000`,
  );
}

export function findKey(db: Queryable, keyId: number): Promise<KeyRow | undefined> {
  return maybe(db, sql<KeyRow>`select * from mail.dkim_key where key_id = ${keyId} for update`);
}

export function insertKey(
  db: Queryable,
  key: Pick<KeyRow, 'domain' | 'selector' | 'algorithm' | 'private_key' | 'public_key'>,
  now: Date,
): Promise<{ key_id: number }> {
  return one(
    db,
    sql<{ key_id: number }>`insert into mail.dkim_key
        (domain, selector, algorithm, state, private_key, public_key, created_at, state_at)
      values (${key.domain}, ${key.selector}, ${key.algorithm}, 'planned', ${key.private_key}, ${key.public_key},
        ${now}, ${now}) returning key_id`,
  );
}

export async function setState(db: Queryable, keyId: number, state: KeyState, now: Date): Promise<void> {
  await run(
    db,
    sql`update mail.dkim_key set state = ${state}, state_at = ${now},
          private_key = case when ${state} = 'retired' then ''::bytea else private_key end
        where key_id = ${keyId}`,
  );
}

/** The key that signs now makes room for its successor. */
export async function retireActive(
  db: Queryable,
  domain: string,
  algorithm: string,
  now: Date,
): Promise<void> {
  await run(
    db,
    sql`update mail.dkim_key set state = 'retiring', state_at = ${now}
        where domain = ${domain} and algorithm = ${algorithm} and state = 'active'`,
  );
}
