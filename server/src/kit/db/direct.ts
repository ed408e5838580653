import { CompiledQuery } from 'kysely';
import type { Queryable } from './db.ts';

/** A piece of a `direct` statement with parameters of its own. */
export class Fragment {
  readonly strings: TemplateStringsArray;
  readonly values: readonly unknown[];
  constructor(strings: TemplateStringsArray, values: readonly unknown[]) {
    this.strings = strings;
    this.values = values;
  }
}

/** Marks a piece of SQL that a `direct` statement holds; the same place must always get the same piece. */
export function fragment(strings: TemplateStringsArray, ...values: unknown[]): Fragment {
  return new Fragment(strings, values);
}

const texts = new WeakMap<TemplateStringsArray, string>();

/**
 * A statement of the hot path: its text is put together once per place in the source, where the `sql` tag would build
 * and compile it with each call. Everything interpolated is a parameter, but for fragments, which are text too.
 */
export function direct<T>(db: Queryable) {
  return async (strings: TemplateStringsArray, ...values: unknown[]): Promise<T[]> => {
    const known = texts.get(strings);
    const text = known ?? textOf(strings, values, { count: 0 });
    if (known === undefined) texts.set(strings, text);
    const flat: unknown[] = [];
    flatten(values, flat);
    return (await db.executeQuery<T>(CompiledQuery.raw(text, flat))).rows;
  };
}

function textOf(
  strings: TemplateStringsArray,
  values: readonly unknown[],
  numbers: { count: number },
): string {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) {
    text += value instanceof Fragment ? textOf(value.strings, value.values, numbers) : `$${++numbers.count}`;
    text += strings[index + 1] ?? '';
  }
  return text;
}

function flatten(values: readonly unknown[], into: unknown[]): void {
  for (const value of values) {
    if (value instanceof Fragment) flatten(value.values, into);
    else into.push(value);
  }
}
