import { invalidArguments, MethodError } from './errors.ts';
import type { Arguments, Json, JsonObject } from './json.ts';
import { CORE_LIMITS } from './limits.ts';

/** `ids` of a /get: without doubles; undefined asks for all. Throws requestTooLarge. */
export function readIds(args: Arguments, name = 'ids'): string[] | undefined {
  const ids = args.strings(name);
  if (!ids) return undefined;
  if (ids.length > CORE_LIMITS.maxObjectsInGet) throw new MethodError('requestTooLarge');
  return [...new Set(ids)];
}

/** `properties` of a /get, checked against those that exist; `id` is always among them (RFC 8620 §5.1). */
export function readProperties(
  args: Arguments,
  known: ReadonlySet<string>,
  defaults?: readonly string[],
): Set<string> {
  const wanted = args.strings('properties');
  if (!wanted) return new Set(defaults ?? known);
  for (const property of wanted) {
    if (!known.has(property)) throw invalidArguments(`unknown property ${property}`, ['properties']);
  }
  return new Set(['id', ...wanted]);
}

/** Only the wanted properties of an object. */
export function pick(object: Readonly<Record<string, Json>>, wanted: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => wanted.has(key)));
}

/** The answer of a /changes (RFC 8620 §5.2). */
export function changesAnswer(
  accountId: string,
  oldState: string,
  newState: number,
  hasMore: boolean,
  changes: { created: string[]; updated: string[]; destroyed: string[] },
): JsonObject {
  return { accountId, oldState, newState: String(newState), hasMoreChanges: hasMore, ...changes };
}

/** Reads a state string of ours; throws cannotCalculateChanges for any other. */
export function readState(args: Arguments): number {
  const text = args.string('sinceState');
  if (!/^\d{1,15}$/.test(text)) throw new MethodError('cannotCalculateChanges');
  return Number(text);
}
