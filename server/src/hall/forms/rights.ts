import type { FieldRight, FieldRights, Form, FormField, FormValues } from '@hongyan/contract';

export const READ_ALL: FieldRights = { rest: 'read', fields: {} };
export const WRITE_ALL: FieldRights = { rest: 'write', fields: {} };

/** A column may have a right of its own (`mailboxes.name`), else it has its table's. */
export function rightOf(rights: FieldRights, key: string, column?: string): FieldRight {
  const own = column === undefined ? undefined : entry(rights, `${key}.${column}`);
  return own ?? entry(rights, key) ?? rights.rest;
}

function entry(rights: FieldRights, key: string): FieldRight | undefined {
  return Object.hasOwn(rights.fields, key) ? rights.fields[key] : undefined;
}

export function fieldsOf(form: Form): FormField[] {
  return form.groups.flatMap((group) => group.fields);
}

export function fieldValue(values: FormValues, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** A field that depends on another one is there only while that one has a fitting value. */
export function isShown(field: Pick<FormField, 'showWhen'>, values: FormValues): boolean {
  if (!field.showWhen) return true;
  const value = fieldValue(values, field.showWhen.field);
  return typeof value === 'string' && field.showWhen.in.includes(value);
}

/** The form as a reader with these rights may know it: without hidden fields and columns. */
export function visibleForm(form: Form, rights: FieldRights): Form {
  const groups = form.groups.map((group) => ({
    ...group,
    fields: group.fields
      .filter((field) => rightOf(rights, field.key) !== 'hidden')
      .map((field) =>
        field.fields
          ? {
              ...field,
              fields: field.fields.filter((column) => rightOf(rights, field.key, column.key) !== 'hidden'),
            }
          : field,
      ),
  }));
  return { groups: groups.filter((group) => group.fields.length > 0) };
}

/** The values that such a reader may know. */
export function visibleValues(form: Form, rights: FieldRights, values: FormValues): FormValues {
  const shown: FormValues = {};
  for (const field of fieldsOf(visibleForm(form, rights))) {
    const value = fieldValue(values, field.key);
    if (value === undefined || !isShown(field, values)) continue;
    shown[field.key] =
      field.type === 'rows' && Array.isArray(value)
        ? value.map((row) => pick(row, field.fields ?? []))
        : value;
  }
  return shown;
}

function pick(row: unknown, columns: readonly { key: string }[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  if (typeof row !== 'object' || row === null) return picked;
  const cells = new Map<string, unknown>(Object.entries(row));
  for (const { key } of columns) if (cells.has(key)) picked[key] = cells.get(key);
  return picked;
}
