import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import type { FieldRights, Form, FormField, FormValues } from '@hongyan/contract';
import { Button } from 'antd';
import type { Names } from '../../directory/pickers.tsx';
import { useTexts } from '../../kit/texts.ts';
import { labelOf } from './check.ts';
import { FieldControl } from './field.tsx';
import { FieldValue } from './form-view.tsx';
import { texts } from './texts.ts';
import { leastRows, paddedRows, rightOf, type SimpleField, shownGroups } from './values.ts';
import './forms.css';

export type Problems = ReadonlyMap<string, string>;
const idOf = (path: string) => `field-${path.replaceAll('.', '-')}`;

/** The form as one fills it in: one column, groups as cards, problems listed on top and under their fields. */
export function FormEdit({
  form,
  values,
  rights,
  names,
  problems,
  onChange,
}: {
  form: Form;
  values: FormValues;
  rights: FieldRights | undefined;
  names: Names;
  problems: Problems;
  onChange: (values: FormValues) => void;
}) {
  const set = (key: string, value: unknown) => onChange({ ...values, [key]: value });
  return (
    <div className="form">
      <ProblemList form={form} problems={problems} />
      {shownGroups(form, values, rights).map((group) => (
        <section key={group.title} className="card form-group">
          {group.title && <h2>{group.title}</h2>}
          {group.fields.map((field) => (
            <Field
              key={field.key}
              field={field}
              readOnly={rightOf(rights, field.key) === 'read'}
              value={values[field.key]}
              onChange={(value) => set(field.key, value)}
              names={names}
              problems={problems}
            />
          ))}
        </section>
      ))}
    </div>
  );
}

function ProblemList({ form, problems }: { form: Form; problems: Problems }) {
  const t = useTexts(texts);
  if (problems.size === 0) return null;
  return (
    <div className="form-problems" role="alert">
      <strong>{t('problems', { count: problems.size })}</strong>
      <ul>
        {[...problems].map(([path, message]) => (
          <li key={path}>
            <a
              href={`#${idOf(path)}`}
              onClick={(event) => {
                event.preventDefault();
                const target = document.getElementById(idOf(path));
                target?.scrollIntoView({ block: 'center' });
                target?.focus();
              }}
            >
              {t('problem', { label: labelOf(form, path), message })}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface FieldProps {
  field: FormField;
  readOnly: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
  names: Names;
  problems: Problems;
}

function Field({ field, readOnly, value, onChange, names, problems }: FieldProps) {
  if (field.type === 'note') return <p className="form-note">{field.label}</p>;
  const problem = problems.get(field.key);
  return (
    <div className="field" data-invalid={problem ? true : undefined}>
      <FieldLabel field={readOnly ? { ...field, required: false } : field} path={field.key} />
      {readOnly && <FieldValue field={field} value={value} names={names} />}
      {!readOnly && field.type === 'rows' && (
        <Rows field={field} value={value} onChange={onChange} names={names} problems={problems} />
      )}
      {!readOnly && field.type !== 'rows' && (
        <FieldControl
          field={field}
          id={idOf(field.key)}
          value={value}
          onChange={onChange}
          invalid={problem !== undefined}
          names={names}
        />
      )}
      {problem && <span className="field-problem">{problem}</span>}
      {field.hint && !problem && <span className="field-hint">{field.hint}</span>}
    </div>
  );
}

function FieldLabel({ field, path }: { field: SimpleField; path: string }) {
  return (
    <label className="field-label" htmlFor={idOf(path)}>
      {field.label}
      {field.required && (
        <span className="field-required" aria-hidden="true">
          *
        </span>
      )}
    </label>
  );
}

function Rows({ field, value, onChange, names, problems }: Omit<FieldProps, 'readOnly'>) {
  const t = useTexts(texts);
  const least = leastRows(field);
  const rows = paddedRows(field, value);
  const most = field.maxItems ?? 100;
  const set = (index: number, key: string, cell: unknown) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, [key]: cell } : row)));
  return (
    <div className="rows">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity than its place
        <fieldset key={index} className="row">
          <legend className="hy-hidden">{t('row', { count: index + 1 })}</legend>
          {(field.fields ?? []).map((column) => {
            const path = `${field.key}.${index}.${column.key}`;
            const problem = problems.get(path);
            return (
              <div key={column.key} className="field" data-invalid={problem ? true : undefined}>
                <FieldLabel field={column} path={path} />
                <FieldControl
                  field={column}
                  id={idOf(path)}
                  value={row[column.key]}
                  onChange={(cell) => set(index, column.key, cell)}
                  invalid={problem !== undefined}
                  names={names}
                />
                {problem && <span className="field-problem">{problem}</span>}
                {column.hint && !problem && <span className="field-hint">{column.hint}</span>}
              </div>
            );
          })}
          {rows.length > least && (
            <Button
              className="row-remove"
              type="text"
              icon={<CloseOutlined />}
              aria-label={t('removeRow', { count: index + 1 })}
              onClick={() => onChange(rows.filter((_, at) => at !== index))}
            />
          )}
        </fieldset>
      ))}
      {rows.length < most && (
        <Button type="dashed" icon={<PlusOutlined />} onClick={() => onChange([...rows, {}])}>
          {t('addRow')}
        </Button>
      )}
    </div>
  );
}
