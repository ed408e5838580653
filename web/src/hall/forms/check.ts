import type { FieldRights, Form, FormValues } from '@hongyan/contract';
import { translate } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { texts } from './texts.ts';
import { asText, isBlank, paddedRows, rightOf, type SimpleField, shownGroups } from './values.ts';

const PHONE = /^\+?[\d\s()-]{5,20}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function problemOf(field: SimpleField, value: unknown): string | undefined {
  if (isBlank(value)) return field.required ? translate(common, 'required') : undefined;
  const text = asText(value);
  if (field.type === 'phone' && !PHONE.test(text)) return translate(texts, 'badPhone');
  if (field.type === 'email' && !EMAIL.test(text)) return translate(texts, 'badEmail');
  if (field.maxLength !== undefined && text.length > field.maxLength)
    return translate(texts, 'tooLong', { count: field.maxLength });
  return undefined;
}

/**
 * What can be said before the server is asked, by path (`key` or `rows.0.column`).
 * The server checks everything again.
 */
export function checkForm(
  form: Form,
  values: FormValues,
  rights: FieldRights | undefined,
): Map<string, string> {
  const problems = new Map<string, string>();
  for (const field of shownGroups(form, values, rights).flatMap((group) => group.fields)) {
    if (field.type === 'note' || rightOf(rights, field.key) !== 'write') continue;
    if (field.type !== 'rows') {
      const problem = problemOf(field, values[field.key]);
      if (problem) problems.set(field.key, problem);
      continue;
    }
    paddedRows(field, values[field.key]).forEach((row, index) => {
      for (const column of field.fields ?? []) {
        const inRow = problemOf(column, row[column.key]);
        if (inRow) problems.set(`${field.key}.${index}.${column.key}`, inRow);
      }
    });
  }
  return problems;
}

/** `mailboxes.0.name` → 邮箱名称 1. */
export function labelOf(form: Form, path: string): string {
  const [key, index, columnKey] = path.split('.');
  const field = form.groups.flatMap((group) => group.fields).find((one) => one.key === key);
  if (!field) return '';
  const column = field.fields?.find((one) => one.key === columnKey);
  return column ? `${column.label} ${Number(index) + 1}` : field.label;
}
