import type { SortBy, SortKey } from '../../store/index.ts';
import { accountOf, MAIL, type Method } from '../context.ts';
import { canCalculate, emailDifference } from '../email/query-changes.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { readEmailFilter } from '../filter.ts';
import * as ids from '../ids.ts';
import { type Arguments, get, isObject, type Json } from '../json.ts';
import { readPage, startOf } from '../page.ts';
import { queryChangesAnswer, readQueryChanges } from '../query-changes.ts';

const SORTS = new Map<string, SortKey>([
  ['receivedAt', 'received'],
  ['sentAt', 'sent'],
  ['size', 'size'],
  ['from', 'from'],
  ['to', 'to'],
  ['subject', 'subject'],
]);
const MAX_SORTS = 5;
/** With an anchor or a position from the end, so many ids are looked at to find the place. */
const MAX_SCAN = 100_000;

/** Email/query (RFC 8621 §4.4). */
export const emailQuery: Method = {
  name: 'Email/query',
  capability: MAIL,
  async run(context, args) {
    const { db, store } = context.deps;
    const account = accountOf(context, args);
    const page = readPage(args);
    const query = readQuery(args);
    const total = args.boolean('calculateTotal', false);
    const needsAll = page.anchor !== undefined || page.position < 0;
    const found = await store.query(db, account.scope, {
      ...query,
      offset: needsAll ? 0 : page.position,
      limit: needsAll ? MAX_SCAN : page.limit,
      total,
    });
    let list = found.messageIds.map(ids.emailId);
    const position = needsAll ? startOf(list, page) : page.position;
    if (needsAll) list = list.slice(position, position + page.limit);
    return {
      accountId: account.id,
      queryState: String(found.state),
      canCalculateChanges: canCalculate(query),
      position,
      ids: list,
      ...(total ? { total: found.total ?? 0 } : {}),
      ...(page.limited ? { limit: page.limit } : {}),
    };
  },
};

/** Email/queryChanges (RFC 8621 §4.5), computed from the change log. */
export const emailQueryChanges: Method = {
  name: 'Email/queryChanges',
  capability: MAIL,
  async run(context, args) {
    const account = accountOf(context, args);
    const query = readQuery(args);
    const request = readQueryChanges(args);
    const difference = await emailDifference(context.deps, account, query, request.since);
    return queryChangesAnswer(account.id, request, difference);
  },
};

function readQuery(args: Arguments) {
  return {
    filter: readEmailFilter(args.raw('filter') ?? null),
    sort: readSort(args.raw('sort') ?? null),
    collapseThreads: args.boolean('collapseThreads', false),
  };
}

function readSort(sort: Json): SortBy[] {
  if (sort === null) return [{ by: 'received', descending: true }];
  if (!Array.isArray(sort) || sort.length > MAX_SORTS) throw invalidArguments('wrong sort', ['sort']);
  const found = sort.map((item) => {
    if (!isObject(item)) throw invalidArguments('a comparator must be an object', ['sort']);
    const property = get(item, 'property');
    const by = typeof property === 'string' ? SORTS.get(property) : undefined;
    if (!by) throw new MethodError('unsupportedSort', `cannot sort by ${String(property)}`);
    return { by, descending: get(item, 'isAscending') === false };
  });
  return found.length === 0 ? [{ by: 'received', descending: true }] : found;
}
