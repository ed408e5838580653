import { invalidArguments, MethodError } from './errors.ts';
import type { Arguments, JsonObject } from './json.ts';

/** Arguments that every /queryChanges has beside filter and sort (RFC 8620 §5.6). */
export interface QueryChangesRequest {
  /** As the client sent it; the answer repeats it. */
  sinceText: string;
  since: number;
  maxChanges: number | undefined;
  upToId: string | undefined;
  withTotal: boolean;
}

/** Throws invalidArguments, and cannotCalculateChanges for a state that is not one of ours. */
export function readQueryChanges(args: Arguments): QueryChangesRequest {
  const sinceText = args.string('sinceQueryState');
  const maxChanges = args.int('maxChanges');
  if (maxChanges === 0) throw invalidArguments('maxChanges must be greater than 0', ['maxChanges']);
  const request = {
    sinceText,
    maxChanges,
    upToId: args.maybeString('upToId'),
    withTotal: args.boolean('calculateTotal', false),
  };
  if (!/^\d{1,15}$/.test(sinceText)) throw new MethodError('cannotCalculateChanges');
  return { ...request, since: Number(sinceText) };
}

/** What is known about the results now and what happened since. */
export interface QueryDifference {
  newState: number;
  /** The whole list of results now, in order; may be empty when nothing was touched. */
  results: readonly string[];
  total: number;
  /** May have left the old results or moved in them. */
  removed: readonly string[];
  /** May be new in the results or have moved. */
  touched: ReadonlySet<string>;
  /** Results never change their place: what lies behind `upToId` may be left out. */
  immutable: boolean;
}

/** The answer of a /queryChanges; whoever takes `removed` out and puts `added` in, in order, has the new list. */
export function queryChangesAnswer(
  accountId: string,
  request: QueryChangesRequest,
  difference: QueryDifference,
): JsonObject {
  const { results, touched } = difference;
  const end = difference.immutable && request.upToId !== undefined ? results.indexOf(request.upToId) : -1;
  const added = results.flatMap((id, index) =>
    touched.has(id) && (end < 0 || index <= end) ? [{ id, index }] : [],
  );
  if (request.maxChanges !== undefined && difference.removed.length + added.length > request.maxChanges) {
    throw new MethodError('tooManyChanges');
  }
  return {
    accountId,
    oldQueryState: request.sinceText,
    newQueryState: String(difference.newState),
    ...(request.withTotal ? { total: difference.total } : {}),
    removed: [...difference.removed],
    added,
  };
}
