import { many, maybe, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';

export interface ScriptRow {
  id: number;
  name: string;
  active: boolean;
  changedAt: Date;
  bytes: number;
}

const columns = sql`script_id as id, name, active, changed_at as "changedAt", octet_length(content) as bytes`;

export function listScripts(db: Queryable, accountId: number): Promise<ScriptRow[]> {
  return many(
    db,
    sql<ScriptRow>`select ${columns} from mail.sieve_script where account_id = ${accountId} order by script_id`,
  );
}

export function findScript(
  db: Queryable,
  accountId: number,
  by: { name: string } | { id: number },
): Promise<(ScriptRow & { content: string }) | undefined> {
  const which = 'name' in by ? sql`name = ${by.name}` : sql`script_id = ${by.id}`;
  return maybe(
    db,
    sql<ScriptRow & { content: string }>`
      select ${columns}, content from mail.sieve_script where account_id = ${accountId} and ${which}`,
  );
}

/** Changes of one account's scripts come one after another; returns the new state. */
export async function lockState(tx: Tx, accountId: number): Promise<number> {
  const row = await one(
    tx,
    sql<{ state: number }>`
      insert into mail.sieve_state (account_id, state) values (${accountId}, 1)
      on conflict (account_id) do update set state = mail.sieve_state.state + 1 returning state`,
  );
  return row.state;
}

export async function findState(db: Queryable, accountId: number): Promise<number> {
  const row = await maybe(
    db,
    sql<{ state: number }>`select state from mail.sieve_state where account_id = ${accountId}`,
  );
  return row?.state ?? 0;
}

export async function insertScript(
  tx: Tx,
  accountId: number,
  script: { name: string; content: string },
  now: Date,
): Promise<number> {
  const row = await one(
    tx,
    sql<{ script_id: number }>`
      insert into mail.sieve_script (account_id, name, content, changed_at)
      values (${accountId}, ${script.name}, ${script.content}, ${now}) returning script_id`,
  );
  return row.script_id;
}

export async function updateScript(
  tx: Tx,
  accountId: number,
  id: number,
  change: { name?: string | undefined; content?: string | undefined },
  now: Date,
): Promise<void> {
  await run(
    tx,
    sql`update mail.sieve_script set name = coalesce(${change.name ?? null}::text, name),
          content = coalesce(${change.content ?? null}::text, content), changed_at = ${now}
        where account_id = ${accountId} and script_id = ${id}`,
  );
}

export async function activateScript(tx: Tx, accountId: number, id: number | undefined): Promise<void> {
  await run(tx, sql`update mail.sieve_script set active = false where account_id = ${accountId} and active`);
  if (id !== undefined)
    await run(
      tx,
      sql`update mail.sieve_script set active = true where account_id = ${accountId} and script_id = ${id}`,
    );
}

export async function deleteScript(tx: Tx, accountId: number, id: number): Promise<void> {
  await run(tx, sql`delete from mail.sieve_script where account_id = ${accountId} and script_id = ${id}`);
}
