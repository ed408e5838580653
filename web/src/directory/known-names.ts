/** Names that a picker has shown in this visit: a form keeps only ids, and its preview must not show them. */
const known = new Map<string, string>();

export type NameKey = `person:${number}` | `unit:${number}`;

export function rememberName(key: NameKey, name: string): void {
  known.set(key, name);
}

/** From the record, else from what was picked; undefined: never seen. */
export function nameOf(names: ReadonlyMap<string, string>, key: NameKey): string | undefined {
  return names.get(key) ?? known.get(key);
}
