import type { FieldRight, FieldRights, Form, FormField, FormValues } from '@hongyan/contract';

export type Row = Record<string, unknown>;
/** What rows and groups have in common: enough to show one field. */
export type SimpleField = Omit<FormField, 'fields' | 'minItems' | 'maxItems'>;

export interface AttachmentRef {
  id: string;
  name: string;
  size: number;
}

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
export const asNumber = (value: unknown): number | null => (typeof value === 'number' ? value : null);
export const asNumbers = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
export const asRows = (value: unknown): Row[] => (Array.isArray(value) ? value.filter(isRow) : []);
export const isSecretSet = (value: unknown): boolean => isRow(value) && value.set === true;

export function asAttachments(value: unknown): AttachmentRef[] {
  const found: AttachmentRef[] = [];
  for (const item of asRows(value)) {
    const id = asText(item.id);
    if (id) found.push({ id, name: asText(item.name), size: asNumber(item.size) ?? 0 });
  }
  return found;
}

export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.length === 0;
}

export function rightOf(rights: FieldRights | undefined, key: string): FieldRight {
  if (!rights) return 'write';
  return new Map(Object.entries(rights.fields)).get(key) ?? rights.rest;
}

/** A field with `showWhen` is there only while the choice that it hangs on is made. */
export function isShown(field: SimpleField, values: FormValues): boolean {
  if (!field.showWhen) return true;
  const value = values[field.showWhen.field];
  const chosen = Array.isArray(value) ? asTexts(value) : [asText(value)];
  return chosen.some((one) => field.showWhen?.in.includes(one));
}

/** The groups with the fields that the reader sees now; empty groups are left out. */
export function shownGroups(form: Form, values: FormValues, rights: FieldRights | undefined): Form['groups'] {
  return form.groups
    .map((group) => ({
      ...group,
      fields: group.fields.filter(
        (field) => isShown(field, values) && rightOf(rights, field.key) !== 'hidden',
      ),
    }))
    .filter((group) => group.fields.length > 0);
}

/** The rows that are shown: at least as many as are needed. */
export function paddedRows(field: FormField, value: unknown): Row[] {
  const rows = asRows(value);
  const least = leastRows(field);
  return [...rows, ...Array.from({ length: Math.max(0, least - rows.length) }, (): Row => ({}))];
}
export const leastRows = (field: FormField): number => Math.max(field.minItems ?? 0, field.required ? 1 : 0);

/** What the reader is to fill in, and the rest. */
export function splitForm(form: Form, rights: FieldRights): { write: Form; read: Form } {
  const part = (wanted: boolean): Form => ({
    groups: form.groups
      .map((group) => ({
        ...group,
        fields: group.fields.filter((field) => (rightOf(rights, field.key) === 'write') === wanted),
      }))
      .filter((group) => group.fields.length > 0),
  });
  return { write: part(true), read: part(false) };
}

/** Without secrets, which never leave the page except with the application itself. */
export function withoutSecrets(form: Form, values: FormValues): FormValues {
  const kept = new Map(Object.entries(values));
  for (const field of form.groups.flatMap((group) => group.fields)) {
    if (field.type === 'secret') kept.delete(field.key);
    const secrets = (field.fields ?? []).filter((column) => column.type === 'secret').map((c) => c.key);
    if (secrets.length === 0 || !kept.has(field.key)) continue;
    const rows = asRows(kept.get(field.key)).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => !secrets.includes(key))),
    );
    kept.set(field.key, rows);
  }
  return Object.fromEntries(kept);
}

/** What is sent: only fields that are shown, so that a choice changed in between leaves nothing behind. */
export function toSend(form: Form, values: FormValues, rights: FieldRights | undefined): FormValues {
  const fields = shownGroups(form, values, rights).flatMap((group) => group.fields);
  const sent: FormValues = {};
  for (const field of fields) {
    if (field.type === 'note' || rightOf(rights, field.key) !== 'write') continue;
    const value = values[field.key];
    if (!isBlank(value)) sent[field.key] = value;
  }
  return sent;
}

/** `a/0/b` and `a[0].b` are the same field as `a.0.b`. */
export const fieldPath = (field: string): string =>
  field
    .replace(/^[/.]/, '')
    .replace(/[/[]/g, '.')
    .replace(/\]/g, '')
    .replace(/^values\./, '');
