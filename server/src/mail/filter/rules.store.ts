import type { MailRules } from '@hongyan/contract';
import { many, maybe, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';

export interface RulesRow {
  rules: MailRules;
  version: number;
}

export function findRules(db: Queryable, accountId: number): Promise<RulesRow | undefined> {
  return maybe(
    db,
    sql<RulesRow>`select rules, version from mail.personal_rules where account_id = ${accountId}`,
  );
}

/** Holds other changes of this account's rules until the end of the transaction. */
export async function lockRules(tx: Tx, accountId: number): Promise<void> {
  await run(tx, sql`select pg_advisory_xact_lock(hashtextextended('mail.personal_rules', ${accountId}))`);
}

export async function saveRules(
  tx: Tx,
  accountId: number,
  row: RulesRow & { active: boolean },
  now: Date,
): Promise<void> {
  await run(
    tx,
    sql`insert into mail.personal_rules (account_id, rules, active, version, changed_at)
        values (${accountId}, ${JSON.stringify(row.rules)}::jsonb, ${row.active}, ${row.version}, ${now})
        on conflict (account_id) do update set rules = excluded.rules, active = excluded.active,
          version = excluded.version, changed_at = excluded.changed_at`,
  );
}

/** Accounts that have something to run when mail arrives. */
export async function listFilteredAccounts(db: Queryable): Promise<number[]> {
  const rows = await many(
    db,
    sql<{ account_id: number }>`
      select account_id from mail.sieve_script where active union select account_id from mail.personal_rules where active`,
  );
  return rows.map((row) => row.account_id);
}

/** Everything that runs for one account. */
export function findRunning(
  db: Queryable,
  accountId: number,
): Promise<{ rules: MailRules | null; name: string | null; content: string | null } | undefined> {
  return maybe(
    db,
    sql<{ rules: MailRules | null; name: string | null; content: string | null }>`
      select r.rules, s.name, s.content from (select ${accountId}::bigint as account_id) a
      left join mail.personal_rules r on r.account_id = a.account_id and r.active
      left join mail.sieve_script s on s.account_id = a.account_id and s.active`,
  );
}

/** An exception from the institution's rule; undefined when there is none. */
export async function findForwardingRight(db: Queryable, accountId: number): Promise<boolean | undefined> {
  const row = await maybe(
    db,
    sql<{ outside: boolean }>`select outside from mail.forwarding_right where account_id = ${accountId}`,
  );
  return row?.outside;
}

export async function saveForwardingRight(
  tx: Tx,
  accountId: number,
  outside: boolean | undefined,
): Promise<void> {
  if (outside === undefined)
    await run(tx, sql`delete from mail.forwarding_right where account_id = ${accountId}`);
  else
    await run(
      tx,
      sql`insert into mail.forwarding_right (account_id, outside) values (${accountId}, ${outside})
          on conflict (account_id) do update set outside = excluded.outside`,
    );
}
