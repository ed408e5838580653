import type { Queryable } from '../../kit/db/index.ts';
import { countResults, findAnchor, listPage, type Plan, planQuery, type QueryRow } from './search.store.ts';
import type { EmailQuery, Scope } from './types.ts';

/** Rows read at a time while threads are collapsed. */
const STEP = 200;

/** One page of Emails (JMAP Email/query); pages go by key, never by counting rows from the top. */
export async function queryEmails(
  db: Queryable,
  scope: Scope,
  shared: boolean,
  query: EmailQuery,
): Promise<{ rows: QueryRow[]; total: number | undefined }> {
  const plan = await planQuery(db, scope, shared, query);
  const after =
    query.afterMessageId === undefined ? undefined : await findAnchor(db, plan, query.afterMessageId);
  const offset = query.offset ?? 0;
  const rows = query.collapseThreads
    ? await collapsed(db, plan, { after, offset, limit: query.limit })
    : await listPage(db, plan, { after, offset, limit: query.limit });
  const total = query.total ? await countResults(db, plan, query.collapseThreads) : undefined;
  return { rows, total };
}

/** The best-ranked message of each thread, in order. */
async function collapsed(
  db: Queryable,
  plan: Plan,
  page: { after: unknown[] | undefined; offset: number; limit: number },
): Promise<QueryRow[]> {
  const seen = new Set<number>();
  const found: QueryRow[] = [];
  let after = page.after;
  for (;;) {
    const rows = await listPage(db, plan, { after, offset: 0, limit: STEP });
    let fresh: QueryRow[] = rows.filter((row) => {
      if (seen.has(row.thread_id)) return false;
      seen.add(row.thread_id);
      return true;
    });
    // After an anchor, a thread may have shown its best message on an earlier page.
    if (page.after) fresh = await onlyBest(db, plan, fresh);
    found.push(...fresh);
    if (rows.length < STEP || found.length >= page.offset + page.limit) break;
    after = rows.at(-1)?.keys;
  }
  return found.slice(page.offset, page.offset + page.limit);
}

async function onlyBest(db: Queryable, plan: Plan, rows: readonly QueryRow[]): Promise<QueryRow[]> {
  if (rows.length === 0) return [];
  const threadIds = rows.map((row) => row.thread_id);
  const best = new Map<number, number>();
  for (const row of await listPage(db, plan, { after: undefined, offset: 0, limit: 100_000, threadIds })) {
    if (!best.has(row.thread_id)) best.set(row.thread_id, row.message_id);
  }
  return rows.filter((row) => best.get(row.thread_id) === row.message_id);
}
