import type { FieldRights, Form, FormField, FormValues } from '@hongyan/contract';
import type { ErrorObject } from 'ajv';
import { commonErrors, type FieldProblem } from '../../kit/errors/index.ts';
import { fieldsOf, fieldValue, isShown, rightOf } from './rights.ts';
import { validatorFor } from './schema.ts';

export interface ReadResult {
  /** What the case will hold, if there are no problems. */
  values: FormValues;
  problems: FieldProblem[];
}

/**
 * What a person sent, laid over what the case holds, by the rights of the step (HALL-7): a field that he may not write
 * keeps its value whatever he sent. Problems name `field`, or `field.row.column` inside a table.
 */
export function readForm(form: Form, rights: FieldRights, sent: FormValues, held: FormValues): ReadResult {
  const fields = fieldsOf(form).filter((field) => field.type !== 'note');
  const known = new Set(fieldsOf(form).map((field) => field.key));
  const problems: FieldProblem[] = Object.keys(sent)
    .filter((key) => !known.has(key))
    .map((key) => ({ field: key.slice(0, 60), code: commonErrors.unknown_field.code }));

  const merged: FormValues = {};
  for (const field of fields) {
    const value = merge(field, rights, fieldValue(sent, field.key), fieldValue(held, field.key));
    if (value !== undefined) merged[field.key] = value;
  }
  const values: FormValues = {};
  const shown = fields.filter((field) => isShown(field, merged));
  for (const field of shown) {
    const value = fieldValue(merged, field.key);
    if (value !== undefined) values[field.key] = value;
  }
  const writable = shown.filter((field) => isWritable(field, rights));
  const validate = validatorFor(writable);
  if (
    !validate(
      Object.fromEntries(
        writable
          .map((field) => [field.key, fieldValue(values, field.key)])
          .filter(([, value]) => value !== undefined),
      ),
    )
  ) {
    problems.push(...toProblems(validate.errors ?? []));
  }
  return { values, problems };
}

function isWritable(field: FormField, rights: FieldRights): boolean {
  if (rightOf(rights, field.key) === 'write') return true;
  return (field.fields ?? []).some((column) => rightOf(rights, field.key, column.key) === 'write');
}

function merge(field: FormField, rights: FieldRights, sent: unknown, held: unknown): unknown {
  if (field.type === 'rows') return mergeRows(field, rights, sent, held);
  return rightOf(rights, field.key) === 'write' ? clean(sent) : held;
}

/** With the right to the table rows may come and go; with a right to columns only, the rows stay as they are. */
function mergeRows(field: FormField, rights: FieldRights, sent: unknown, held: unknown): unknown {
  const columns = field.fields ?? [];
  const whole = rightOf(rights, field.key) === 'write';
  const some = columns.some((column) => rightOf(rights, field.key, column.key) === 'write');
  if (!whole && !some) return held;
  if (sent === undefined && !whole) return held;
  if (!Array.isArray(sent)) return clean(sent);
  const before = Array.isArray(held) ? held : [];
  if (!whole && sent.length !== before.length) return held;
  return sent.map((row: unknown, index) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return row;
    const cells = new Map<string, unknown>(Object.entries(row));
    const old = new Map<string, unknown>(Object.entries(before[index] ?? {}));
    const result: Record<string, unknown> = {};
    for (const column of columns) {
      const value =
        rightOf(rights, field.key, column.key) === 'write'
          ? clean(cells.get(column.key))
          : old.get(column.key);
      if (value !== undefined) result[column.key] = value;
    }
    // A column that does not exist is left in, so that the schema refuses it by name.
    for (const [key, value] of cells) if (!columns.some((column) => column.key === key)) result[key] = value;
    return result;
  });
}

/** Empty is missing: '', null and [] fill no required field. */
function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  return value;
}

function toProblems(errors: readonly ErrorObject[]): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  for (const error of errors) {
    const path = error.instancePath.split('/').slice(1).join('.');
    const name: unknown = error.params['missingProperty'] ?? error.params['additionalProperty'];
    const field = typeof name === 'string' ? (path === '' ? name : `${path}.${name.slice(0, 60)}`) : path;
    // The first complaint about a field is enough.
    if (!problems.has(field)) problems.set(field, { field, code: codeOf(error), params: paramsOf(error) });
  }
  return [...problems.values()];
}

function codeOf(error: ErrorObject): string {
  switch (error.keyword) {
    case 'required':
      return commonErrors.required.code;
    case 'additionalProperties':
      return commonErrors.unknown_field.code;
    case 'maxLength':
      return commonErrors.too_long.code;
    case 'minItems':
      return commonErrors.required.code;
    case 'maxItems':
      return commonErrors.too_many.code;
    case 'minimum':
    case 'maximum':
      return commonErrors.out_of_range.code;
    case 'enum':
      return commonErrors.not_allowed_value.code;
    default:
      return commonErrors.wrong_type.code;
  }
}

function paramsOf(error: ErrorObject): Record<string, number> {
  const limit: unknown = error.params['limit'];
  return typeof limit === 'number' ? { limit } : {};
}

/** Calls back for every value of a type, with its path: for checks that need the database. */
export function* valuesOfType(
  form: Form,
  values: FormValues,
  types: readonly FormField['type'][],
): Generator<{
  path: string;
  field: Omit<FormField, 'fields'>;
  value: unknown;
  row?: Record<string, unknown>;
}> {
  for (const field of fieldsOf(form)) {
    const value = fieldValue(values, field.key);
    if (value === undefined) continue;
    if (types.includes(field.type)) yield { path: field.key, field, value };
    if (field.type !== 'rows' || !Array.isArray(value)) continue;
    for (const [index, row] of value.entries()) {
      if (typeof row !== 'object' || row === null) continue;
      const cells = new Map<string, unknown>(Object.entries(row));
      for (const column of field.fields ?? []) {
        if (!types.includes(column.type) || !cells.has(column.key)) continue;
        yield {
          path: `${field.key}.${index}.${column.key}`,
          field: column,
          value: cells.get(column.key),
          row,
        };
      }
    }
  }
}
