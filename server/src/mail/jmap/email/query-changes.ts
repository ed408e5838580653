import type { Criterion, EmailQuery } from '../../store/index.ts';
import type { JmapAccount, JmapDeps } from '../context.ts';
import { MethodError } from '../errors.ts';
import * as ids from '../ids.ts';
import type { QueryDifference } from '../query-changes.ts';

type Query = Pick<EmailQuery, 'filter' | 'sort' | 'collapseThreads'>;

/** Longer results are asked for anew: to send this list again would cost more than the client's page. */
const MAX_RESULTS = 100_000;
/** Log pages that one answer folds; without it a state from last year would read a million rows. */
const MAX_PAGES = 20;
/** Somebody else may change the account between the two reads. */
const TRIES = 3;

/** Does a change of one Email move only that Email in the results? Not when its thread counts too. */
export function canCalculate({ filter, collapseThreads }: Query): boolean {
  return !collapseThreads && !hasCriterion(filter, (part) => part.is === 'thread-has');
}

/** Looks at what a stored message is, never at its mailboxes and keywords. */
function isImmutable(filter: Criterion): boolean {
  const fixed = new Set(['all', 'none', 'and', 'or', 'not', 'text', 'header', 'size', 'attachment']);
  return !hasCriterion(filter, (part) => !fixed.has(part.is));
}

function hasCriterion(filter: Criterion, test: (part: Criterion) => boolean): boolean {
  if (test(filter)) return true;
  if (filter.is === 'not') return hasCriterion(filter.of, test);
  if (filter.is === 'and' || filter.is === 'or') return filter.of.some((part) => hasCriterion(part, test));
  return false;
}

/** What the change log says of a query's results (RFC 8621 §4.5). Throws cannotCalculateChanges. */
export async function emailDifference(
  { db, store }: Pick<JmapDeps, 'db' | 'store'>,
  account: JmapAccount,
  query: Query,
  since: number,
): Promise<QueryDifference> {
  if (!canCalculate(query)) throw new MethodError('cannotCalculateChanges');
  const immutable = isImmutable(query.filter);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const found = await store.query(db, account.scope, { ...query, limit: MAX_RESULTS, total: true });
    const total = found.total ?? 0;
    if (total > MAX_RESULTS) break;
    const log = await readLog({ db, store }, account.scope.accountId, since);
    // The log is read last: when it ends where the results were read, nothing came between.
    if (log.state !== found.state) continue;
    const updated = immutable ? [] : [...log.updated];
    return {
      newState: log.state,
      results: found.messageIds.map(ids.emailId),
      total,
      removed: [...log.destroyed, ...updated].map(ids.emailId),
      touched: new Set([...log.created, ...updated].map(ids.emailId)),
      immutable,
    };
  }
  throw new MethodError('cannotCalculateChanges');
}

async function readLog({ db, store }: Pick<JmapDeps, 'db' | 'store'>, accountId: number, since: number) {
  const created = new Set<number>();
  const updated = new Set<number>();
  const destroyed = new Set<number>();
  let state = since;
  for (let page = 0; page < MAX_PAGES; page++) {
    const changes = await store.changes(db, accountId, state);
    if (!changes) throw new MethodError('cannotCalculateChanges');
    for (const id of changes.emails.created) {
      // Brought back after it was destroyed: the client may still hold it.
      if (destroyed.delete(id)) updated.add(id);
      else created.add(id);
    }
    for (const id of changes.emails.updated) if (!created.has(id)) updated.add(id);
    for (const id of changes.emails.destroyed) {
      updated.delete(id);
      if (!created.delete(id)) destroyed.add(id);
    }
    state = changes.newState;
    if (!changes.hasMore) return { state, created, updated, destroyed };
  }
  throw new MethodError('cannotCalculateChanges');
}
