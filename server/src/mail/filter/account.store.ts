import { type Queryable, run, sql } from '../../kit/db/index.ts';

/** Scripts, rules and what they remember, of an account that is gone for good. */
export async function deleteRulesOf(db: Queryable, accountId: number): Promise<void> {
  for (const table of [
    'sieve_script',
    'personal_rules',
    'sieve_state',
    'vacation_sent',
    'duplicate_seen',
    'filter_trouble',
    'forwarding_right',
  ])
    await run(db, sql`delete from ${sql.table(`mail.${table}`)} where account_id = ${accountId}`);
}
