import type { FieldRights, Form, FormField, FormValues } from '@hongyan/contract';
import { nameOf } from '../../directory/known-names.ts';
import type { Names } from '../../directory/pickers.tsx';
import { useTexts } from '../../kit/texts.ts';
import { day, number } from '../../kit/time.ts';
import { FileList } from './inputs.tsx';
import { texts } from './texts.ts';
import {
  asAttachments,
  asNumbers,
  asRows,
  asText,
  asTexts,
  isBlank,
  isSecretSet,
  type SimpleField,
  shownGroups,
} from './values.ts';
import './forms.css';

/** The form as one reads it. Secrets say only whether they are set. */
export function FormView({
  form,
  values,
  rights,
  names,
}: {
  form: Form;
  values: FormValues;
  rights: FieldRights | undefined;
  names: Names;
}) {
  return (
    <div className="form">
      {shownGroups(form, values, rights).map((group) => (
        <section key={group.title} className="card form-group">
          {group.title && <h2>{group.title}</h2>}
          <dl className="form-values">
            {group.fields
              .filter((field) => field.type !== 'note')
              .map((field) => (
                <div key={field.key} data-wide={isWide(field) || undefined}>
                  <dt>{field.label}</dt>
                  <dd>
                    <FieldValue field={field} value={values[field.key]} names={names} />
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

const isWide = (field: FormField): boolean =>
  ['textarea', 'rows', 'attachments', 'people'].includes(field.type);

export function FieldValue({
  field,
  value,
  names,
}: {
  field: FormField | SimpleField;
  value: unknown;
  names: Names;
}) {
  const t = useTexts(texts);
  if (field.type === 'secret') {
    return <span>{t(isSecretSet(value) || !isBlank(value) ? 'secretSet' : 'secretUnset')}</span>;
  }
  if (isBlank(value)) return <span className="quiet">{t('empty')}</span>;
  if (field.type === 'attachments') return <FileList files={asAttachments(value)} />;
  if (field.type === 'rows' && 'fields' in field)
    return <RowsValue field={field} value={value} names={names} />;
  return <span className="value-text">{plainValue(field, value, names)}</span>;
}

function plainValue(field: SimpleField, value: unknown, names: Names): string {
  const label = (one: string) => field.choices?.find((choice) => choice.value === one)?.label ?? one;
  const person = (id: number) => nameOf(names, `person:${id}`) ?? String(id);
  switch (field.type) {
    case 'radio':
    case 'select':
      return label(asText(value));
    case 'checkboxes':
      return asTexts(value).map(label).join('、');
    case 'person':
      return asNumbers([value]).map(person).join('');
    case 'people':
      return asNumbers(value).map(person).join('、');
    case 'unit':
      return asNumbers([value])
        .map((id) => nameOf(names, `unit:${id}`) ?? String(id))
        .join('');
    case 'number':
      return typeof value === 'number' ? number(value) : asText(value);
    case 'date':
      return day(asText(value));
    default:
      return asText(value);
  }
}

function RowsValue({ field, value, names }: { field: FormField; value: unknown; names: Names }) {
  const columns = field.fields ?? [];
  return (
    <div className="rows-value">
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {asRows(value).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity than its place
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.key}>
                  <FieldValue field={column} value={row[column.key]} names={names} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
