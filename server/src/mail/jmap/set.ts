import { StoreError, type StoreErrorCode } from '../store/index.ts';
import type { Context } from './context.ts';
import { MethodError, type SetError, SetFailure } from './errors.ts';
import { type Arguments, entriesOf, isObject, type Json, type JsonObject } from './json.ts';
import { CORE_LIMITS } from './limits.ts';

/** The parts of a /set call (RFC 8620 §5.3). */
export interface SetRequest {
  ifInState: string | undefined;
  create: [string, JsonObject][];
  update: [string, JsonObject][];
  destroy: string[];
}

export function readSet(args: Arguments): SetRequest {
  const create = objects(args, 'create');
  const update = objects(args, 'update');
  const destroy = [...new Set(args.strings('destroy') ?? [])];
  if (create.length + update.length + destroy.length > CORE_LIMITS.maxObjectsInSet)
    throw new MethodError('requestTooLarge');
  return { ifInState: args.maybeString('ifInState'), create, update, destroy };
}

function objects(args: Arguments, name: string): [string, JsonObject][] {
  return entriesOf(args.object(name) ?? {}).map(([id, value]) => {
    if (!isObject(value)) throw new MethodError('invalidArguments', `${name} of ${id} must be an object`);
    return [id, value];
  });
}

/** Collects what became of each object. */
export interface SetResult {
  created: Map<string, Json>;
  updated: Map<string, Json>;
  destroyed: string[];
  notCreated: Map<string, SetError>;
  notUpdated: Map<string, SetError>;
  notDestroyed: Map<string, SetError>;
}

export function newSetResult(): SetResult {
  return {
    created: new Map(),
    updated: new Map(),
    destroyed: [],
    notCreated: new Map(),
    notUpdated: new Map(),
    notDestroyed: new Map(),
  };
}

export function setAnswer(
  accountId: string,
  oldState: string,
  newState: string,
  result: SetResult,
): JsonObject {
  const record = (map: Map<string, Json | SetError>): Json =>
    map.size === 0
      ? null
      : (Object.fromEntries([...map].map(([key, value]) => [key, toJson(value)])) satisfies Json);
  return {
    accountId,
    oldState,
    newState,
    created: record(result.created),
    updated: record(result.updated),
    destroyed: result.destroyed.length === 0 ? null : result.destroyed,
    notCreated: record(result.notCreated),
    notUpdated: record(result.notUpdated),
    notDestroyed: record(result.notDestroyed),
  };
}

function toJson(value: Json | SetError): Json {
  return value;
}

const STORE_ERRORS: Record<StoreErrorCode, string> = {
  nonexistent: 'notFound',
  exists: 'invalidProperties',
  invalid_name: 'invalidProperties',
  has_children: 'mailboxHasChild',
  not_empty: 'mailboxHasEmail',
  reserved: 'forbidden',
  limit: 'overQuota',
  over_quota: 'overQuota',
  role_taken: 'invalidProperties',
};

/** Properties of a mailbox that a refusal speaks of. */
const NAMED: Partial<Record<StoreErrorCode, string[]>> = {
  exists: ['name'],
  invalid_name: ['name'],
  role_taken: ['role'],
};

/** Runs the change of one object; a refusal goes into `failed`, anything else ends the method. */
export async function attempt(
  failed: Map<string, SetError>,
  id: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SetFailure) failed.set(id, error.error);
    else if (error instanceof StoreError) {
      const properties = NAMED[error.code];
      failed.set(id, {
        type: STORE_ERRORS[error.code],
        description: error.message,
        ...(properties ? { properties } : {}),
      });
    } else throw error;
  }
}

/** Puts a newly made object under its creation id, for this and later calls of the request. */
export function remember(
  context: Context,
  result: SetResult,
  creationId: string,
  id: string,
  value: Json,
): void {
  context.created.set(creationId, id);
  result.created.set(creationId, value);
}
