import { accountOf, type Method, SIEVE } from '../context.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { pick, readIds, readProperties } from '../get.ts';
import { get, isObject, type Json } from '../json.ts';
import { type ScriptView, scriptState, scriptsOf } from '../scripts.ts';

const KNOWN = new Set(['id', 'name', 'blobId', 'isActive']);
/** Filters nested deeper only come from a fuzzer. */
const MAX_DEPTH = 16;

/** SieveScript/get (RFC 9661 §2.1). */
export const sieveScriptGet: Method = {
  name: 'SieveScript/get',
  capability: SIEVE,
  async run(context, args) {
    const account = accountOf(context, args);
    const wanted = readIds(args);
    const properties = readProperties(args, KNOWN);
    const state = await scriptState(context, account);
    const all = await scriptsOf(context, account);
    const found = wanted ? all.filter(({ id }) => wanted.includes(id)) : all;
    return {
      accountId: account.id,
      state,
      list: found.map((script) => pick({ ...script }, properties)),
      notFound: (wanted ?? []).filter((id) => !all.some((script) => script.id === id)),
    };
  },
};

/** SieveScript/query (RFC 9661 §2.3): by name and isActive. */
export const sieveScriptQuery: Method = {
  name: 'SieveScript/query',
  capability: SIEVE,
  async run(context, args) {
    const account = accountOf(context, args);
    const filter = args.raw('filter') ?? null;
    const matching = (await scriptsOf(context, account)).filter((script) => accepts(filter, script, 0));
    const sorted = matching.toSorted(readSort(args.raw('sort') ?? null));
    const anchor = args.maybeString('anchor');
    let position = args.int('position', { min: Number.MIN_SAFE_INTEGER }) ?? 0;
    if (anchor !== undefined) {
      const at = sorted.findIndex(({ id }) => id === anchor);
      if (at < 0) throw new MethodError('anchorNotFound');
      position = Math.max(0, at + (args.int('anchorOffset', { min: Number.MIN_SAFE_INTEGER }) ?? 0));
    } else if (position < 0) position = Math.max(0, sorted.length + position);
    const limit = args.int('limit') ?? sorted.length;
    return {
      accountId: account.id,
      queryState: await scriptState(context, account),
      canCalculateChanges: false,
      position,
      ids: sorted.slice(position, position + limit).map(({ id }) => id),
      ...(args.boolean('calculateTotal', false) ? { total: sorted.length } : {}),
    };
  },
};

function accepts(filter: Json, script: ScriptView, depth: number): boolean {
  if (filter === null) return true;
  if (!isObject(filter) || depth > MAX_DEPTH) throw invalidArguments('filter is malformed', ['filter']);
  const operator = get(filter, 'operator');
  if (operator !== undefined) {
    const conditions = get(filter, 'conditions');
    if (!Array.isArray(conditions) || conditions.length > 100)
      throw invalidArguments('filter is malformed', ['filter']);
    const results = conditions.map((condition) => accepts(condition, script, depth + 1));
    if (operator === 'AND') return results.every(Boolean);
    if (operator === 'OR') return results.some(Boolean);
    if (operator === 'NOT') return !results.some(Boolean);
    throw invalidArguments('unknown operator', ['filter']);
  }
  return Object.entries(filter).every(([key, value]) => {
    if (key === 'name' && typeof value === 'string') return script.name.includes(value);
    if (key === 'isActive' && typeof value === 'boolean') return script.isActive === value;
    throw new MethodError('unsupportedFilter', `cannot filter by ${key}`);
  });
}

function readSort(sort: Json): (a: ScriptView, b: ScriptView) => number {
  if (sort === null) return () => 0;
  if (!Array.isArray(sort)) throw invalidArguments('sort must be a list', ['sort']);
  const orders = sort.map((comparator) => {
    const property = isObject(comparator) ? get(comparator, 'property') : undefined;
    if (property !== 'name' && property !== 'isActive') throw new MethodError('unsupportedSort');
    const sign = isObject(comparator) && get(comparator, 'isAscending') === false ? -1 : 1;
    return (a: ScriptView, b: ScriptView) =>
      sign *
      (property === 'name'
        ? a.name < b.name
          ? -1
          : Number(a.name > b.name)
        : Number(a.isActive) - Number(b.isActive));
  });
  return (a, b) => orders.reduce((found, order) => found || order(a, b), 0);
}
