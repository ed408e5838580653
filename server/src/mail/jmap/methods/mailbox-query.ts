import type { Mailbox } from '../../store/index.ts';
import { accountOf, MAIL, type Method } from '../context.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import * as ids from '../ids.ts';
import { type Arguments, entriesOf, get, isObject, type Json } from '../json.ts';
import { MAIL_LIMITS } from '../limits.ts';
import { pageOf, readPage } from '../page.ts';
import { queryChangesAnswer, readQueryChanges } from '../query-changes.ts';

/** Mailbox/query (RFC 8621 §2.3). */
export const mailboxQuery: Method = {
  name: 'Mailbox/query',
  capability: MAIL,
  async run(context, args) {
    const account = accountOf(context, args);
    const { db, store } = context.deps;
    const state = await store.state(db, account.scope.accountId);
    const ordered = readResults(args)(await store.mailboxes(db, account.scope));
    return {
      accountId: account.id,
      queryState: String(state),
      canCalculateChanges: true,
      ...pageOf(
        ordered.map((mailbox) => ids.mailboxId(mailbox.id)),
        readPage(args),
        args.boolean('calculateTotal', false),
      ),
    };
  },
};

/** Mailboxes change between two reads only when somebody works on them right now. */
const TRIES = 3;

/** Mailbox/queryChanges (RFC 8621 §2.4), computed from the change log. */
export const mailboxQueryChanges: Method = {
  name: 'Mailbox/queryChanges',
  capability: MAIL,
  async run(context, args) {
    const account = accountOf(context, args);
    const { db, store } = context.deps;
    const { accountId } = account.scope;
    const results = readResults(args);
    const request = readQueryChanges(args);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = await store.state(db, accountId);
      const all = await store.mailboxes(db, account.scope);
      const changes = await store.changes(db, accountId, request.since);
      if (!changes || changes.hasMore) break;
      if (changes.newState !== before) continue;
      const { created, updated, destroyed } = changes.mailboxes;
      const fresh = new Set(created);
      const touched = withChildren(all, new Set([...created, ...updated]));
      const ordered = results(all).map((mailbox) => ids.mailboxId(mailbox.id));
      const moved = [...touched].filter((id) => !fresh.has(id));
      return queryChangesAnswer(account.id, request, {
        newState: before,
        results: ordered,
        total: ordered.length,
        removed: [...destroyed, ...moved].map(ids.mailboxId),
        touched: new Set([...touched].map(ids.mailboxId)),
        immutable: false,
      });
    }
    throw new MethodError('cannotCalculateChanges');
  },
};

/** A mailbox stands and falls with those above it: in trees, and in the order of paths. */
function withChildren(all: readonly Mailbox[], changed: ReadonlySet<number>): Set<number> {
  const byId = new Map(all.map((mailbox) => [mailbox.id, mailbox]));
  const found = new Set(changed);
  for (const mailbox of all) {
    let above: Mailbox | undefined = mailbox;
    while (above && !changed.has(above.id)) {
      above = above.parentId === undefined ? undefined : byId.get(above.parentId);
    }
    if (above) found.add(mailbox.id);
  }
  return found;
}

/** Filter and sort of the call, as a function of all mailboxes. */
function readResults(args: Arguments): (all: readonly Mailbox[]) => Mailbox[] {
  const matches = readFilter(args.raw('filter') ?? null, 0);
  const order = readSort(args.raw('sort') ?? null);
  const filterAsTree = args.boolean('filterAsTree', false);
  const sortAsTree = args.boolean('sortAsTree', false);
  return (all) => {
    const found = all.filter(matches).sort(order);
    const shown = filterAsTree ? found.filter((mailbox) => treeMatches(mailbox, found)) : found;
    return sortAsTree ? asTree(shown) : shown;
  };
}

type Test = (mailbox: Mailbox) => boolean;

function readFilter(filter: Json, depth: number): Test {
  if (filter === null) return () => true;
  if (!isObject(filter) || depth > MAIL_LIMITS.maxFilterDepth)
    throw invalidArguments('wrong filter', ['filter']);
  const operator = get(filter, 'operator');
  if (operator !== undefined) {
    const conditions = get(filter, 'conditions');
    if (!Array.isArray(conditions)) throw invalidArguments('conditions must be a list', ['filter']);
    const tests = conditions.map((condition) => readFilter(condition, depth + 1));
    if (operator === 'AND') return (mailbox) => tests.every((test) => test(mailbox));
    if (operator === 'OR') return (mailbox) => tests.some((test) => test(mailbox));
    if (operator === 'NOT') return (mailbox) => !tests.some((test) => test(mailbox));
    throw invalidArguments('unknown operator', ['filter']);
  }
  const tests = entriesOf(filter).map(([name, value]) => readCondition(name, value));
  return (mailbox) => tests.every((test) => test(mailbox));
}

function readCondition(name: string, value: Json): Test {
  switch (name) {
    case 'parentId':
      if (value === null) return (mailbox) => mailbox.parentId === undefined;
      return (mailbox) => mailbox.parentId !== undefined && ids.mailboxId(mailbox.parentId) === value;
    case 'name':
      if (typeof value === 'string') {
        const wanted = value.toLowerCase();
        return (mailbox) => mailbox.name.toLowerCase().includes(wanted);
      }
      break;
    case 'role':
      return (mailbox) => (mailbox.role ?? null) === value;
    case 'hasAnyRole':
      return (mailbox) => (mailbox.role !== undefined) === value;
    case 'isSubscribed':
      return (mailbox) => mailbox.subscribed === value;
    default:
      throw new MethodError('unsupportedFilter', `unknown condition ${name}`);
  }
  throw invalidArguments(`wrong value of ${name}`, ['filter']);
}

function readSort(sort: Json): (a: Mailbox, b: Mailbox) => number {
  if (sort === null) return (a, b) => a.sortOrder - b.sortOrder || compare(a.path, b.path);
  if (!Array.isArray(sort)) throw invalidArguments('sort must be a list', ['sort']);
  const comparators = sort.map((item) => {
    if (!isObject(item)) throw invalidArguments('wrong comparator', ['sort']);
    const property = get(item, 'property');
    const sign = get(item, 'isAscending') === false ? -1 : 1;
    if (property === 'sortOrder') return (a: Mailbox, b: Mailbox) => sign * (a.sortOrder - b.sortOrder);
    if (property === 'name')
      return (a: Mailbox, b: Mailbox) => sign * compare(a.name.toLowerCase(), b.name.toLowerCase());
    throw new MethodError('unsupportedSort');
  });
  return (a, b) => {
    for (const comparator of comparators) {
      const order = comparator(a, b);
      if (order !== 0) return order;
    }
    return a.id - b.id;
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** filterAsTree: a mailbox is shown only when all above it are. */
function treeMatches(mailbox: Mailbox, shown: readonly Mailbox[]): boolean {
  const byId = new Map(shown.map((item) => [item.id, item]));
  let parent = mailbox.parentId;
  while (parent !== undefined) {
    const found = byId.get(parent);
    if (!found) return false;
    parent = found.parentId;
  }
  return true;
}

/** sortAsTree: children follow their parent, each level in the order given. */
function asTree(sorted: readonly Mailbox[]): Mailbox[] {
  const present = new Set(sorted.map((mailbox) => mailbox.id));
  const children = new Map<number | undefined, Mailbox[]>();
  for (const mailbox of sorted) {
    const parent =
      mailbox.parentId !== undefined && present.has(mailbox.parentId) ? mailbox.parentId : undefined;
    children.set(parent, [...(children.get(parent) ?? []), mailbox]);
  }
  const walk = (parent: number | undefined): Mailbox[] =>
    (children.get(parent) ?? []).flatMap((mailbox) => [mailbox, ...walk(mailbox.id)]);
  return walk(undefined);
}
