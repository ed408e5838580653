import { invalidArguments } from './errors.ts';

/** What JSON.parse can give. Keys come from outside: read with `get`, write with Map and Object.fromEntries. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property, never one of Object.prototype. */
export function get(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function entriesOf(object: JsonObject): [string, Json][] {
  const found: [string, Json][] = [];
  for (const [key, value] of Object.entries(object)) if (value !== undefined) found.push([key, value]);
  return found;
}

/** Reads a method's arguments, each by its type; a wrong one ends the method with invalidArguments naming it. */
export interface Arguments {
  has(name: string): boolean;
  /** Anything, undefined when absent. */
  raw(name: string): Json | undefined;
  string(name: string): string;
  maybeString(name: string): string | undefined;
  boolean(name: string, fallback: boolean): boolean;
  /** Absent and null give undefined. */
  int(name: string, range?: { min?: number; max?: number }): number | undefined;
  /** Absent and null give undefined. */
  strings(name: string): string[] | undefined;
  object(name: string): JsonObject | undefined;
  /** All arguments as they came. */
  all(): JsonObject;
}

export function readArguments(args: JsonObject): Arguments {
  const wrong = (name: string, wanted: string) => invalidArguments(`${name} must be ${wanted}`, [name]);
  const value = (name: string) => get(args, name);
  return {
    has: (name) => value(name) !== undefined,
    raw: value,
    string(name) {
      const found = value(name);
      if (typeof found !== 'string') throw wrong(name, 'a string');
      return found;
    },
    maybeString(name) {
      const found = value(name) ?? undefined;
      if (found !== undefined && typeof found !== 'string') throw wrong(name, 'a string');
      return found;
    },
    boolean(name, fallback) {
      const found = value(name) ?? fallback;
      if (typeof found !== 'boolean') throw wrong(name, 'true or false');
      return found;
    },
    int(name, range = {}) {
      const found = value(name) ?? undefined;
      if (found === undefined) return undefined;
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
      if (typeof found !== 'number' || !Number.isSafeInteger(found) || found < min || found > max) {
        throw wrong(name, 'a whole number in range');
      }
      return found;
    },
    strings(name) {
      const found = value(name) ?? undefined;
      if (found === undefined) return undefined;
      if (!Array.isArray(found) || !found.every((item) => typeof item === 'string')) {
        throw wrong(name, 'a list of strings');
      }
      return found.filter((item) => typeof item === 'string');
    },
    object(name) {
      const found = value(name) ?? undefined;
      if (found === undefined) return undefined;
      if (!isObject(found)) throw wrong(name, 'an object');
      return found;
    },
    all: () => args,
  };
}
