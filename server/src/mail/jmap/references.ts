import { invalidArguments, MethodError } from './errors.ts';
import { get, isObject, type Json, type JsonObject } from './json.ts';

/** One answer that later calls of the same request may point into. */
export interface MethodResponse {
  name: string;
  args: JsonObject;
  callId: string;
}

/** Replaces `#name` arguments by what they point to in earlier answers (RFC 8620 §3.7). */
export function resolveReferences(args: JsonObject, responses: readonly MethodResponse[]): JsonObject {
  const resolved = new Map<string, Json>();
  for (const [key, value] of Object.entries(args)) {
    if (value === undefined) continue;
    if (!key.startsWith('#')) {
      resolved.set(key, value);
      continue;
    }
    const name = key.slice(1);
    if (get(args, name) !== undefined) throw invalidArguments(`${name} is given twice`, [name]);
    resolved.set(name, lookUp(value, responses));
  }
  return Object.fromEntries(resolved);
}

function lookUp(reference: Json, responses: readonly MethodResponse[]): Json {
  if (!isObject(reference)) throw broken('a reference must be an object');
  const { resultOf, name, path } = reference;
  if (typeof resultOf !== 'string' || typeof name !== 'string' || typeof path !== 'string') {
    throw broken('a reference needs resultOf, name and path');
  }
  const found = responses.find((response) => response.callId === resultOf);
  if (!found || found.name !== name) throw broken(`no ${name} answer for ${resultOf}`);
  if (path !== '' && !path.startsWith('/')) throw broken('path must start with /');
  return evaluate(found.args, path === '' ? [] : path.slice(1).split('/').map(unescapePointer));
}

/** JSON Pointer (RFC 6901) in which `*` maps over a list and flattens lists found (RFC 8620 §3.7). */
function evaluate(value: Json, path: readonly string[]): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    if (step === '*') {
      return value.flatMap((item): Json[] => {
        const found = evaluate(item, rest);
        return Array.isArray(found) ? found : [found];
      });
    }
    const item = /^(0|[1-9]\d*)$/.test(step) ? value[Number(step)] : undefined;
    if (item === undefined) throw broken('path points beyond the list');
    return evaluate(item, rest);
  }
  const next = isObject(value) ? get(value, step) : undefined;
  if (next === undefined) throw broken(`nothing at ${step}`);
  return evaluate(next, rest);
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function broken(description: string): MethodError {
  return new MethodError('invalidResultReference', description);
}
