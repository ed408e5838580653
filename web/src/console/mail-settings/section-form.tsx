import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, InputNumber, Select, Switch } from 'antd';
import { useId, useState } from 'react';
import { ApiError, api, messageOf } from '../../kit/api.ts';
import { Area } from '../../kit/area.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import type { SettingField, SettingSection } from './fields.ts';
import { settingTexts } from './texts.ts';

type Values = Record<string, unknown>;

/** One section: its fields in a column, saved together. */
export function SectionForm({ section, value }: { section: SettingSection; value: Values }) {
  const t = useTexts(settingTexts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [values, setValues] = useState<Values>(value);
  const [wrong, setWrong] = useState<ApiError>();
  const save = useMutation({
    mutationFn: () => api.put(`/console/mail-settings/${section.key}`, cleaned(values)),
    onSuccess: () => {
      setWrong(undefined);
      message.success(tc('saved'));
      void client.invalidateQueries({ queryKey: ['console', 'mail-settings'] });
    },
    onError: (error) => {
      setWrong(error instanceof ApiError ? error : undefined);
      message.error(messageOf(error));
    },
  });
  return (
    <form
      className="card setting-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <p className="quiet">{t(section.about)}</p>
      {section.fields.map((field: SettingField) => (
        <Field
          key={field.name}
          field={field}
          value={values[field.name]}
          problem={wrong?.fields.find((one) => one.field.split(/[.[/]/)[0] === field.name)?.message}
          onChange={(next) => setValues({ ...values, [field.name]: next })}
        />
      ))}
      <div className="setting-foot">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {tc('save')}
        </Button>
      </div>
    </form>
  );
}

/** Empty lines of lists are no entries. */
function cleaned(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((line) => String(line).trim()).filter((line) => line !== '') : value,
    ]),
  );
}

interface FieldProps {
  field: SettingField;
  value: unknown;
  problem: string | undefined;
  onChange(value: unknown): void;
}

function Field({ field, value, problem, onChange }: FieldProps) {
  const t = useTexts(settingTexts);
  const id = useId();
  return (
    <div className="setting-field">
      <label htmlFor={id}>{t(field.label)}</label>
      <Control id={id} field={field} value={value} bad={problem !== undefined} onChange={onChange} />
      {field.hint && <p className="quiet">{t(field.hint)}</p>}
      {problem !== undefined && (
        <p className="setting-wrong" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Control({
  id,
  field,
  value,
  bad,
  onChange,
}: Omit<FieldProps, 'problem'> & { id: string; bad: boolean }) {
  const t = useTexts(settingTexts);
  const status = bad ? 'error' : '';
  switch (field.kind) {
    case 'switch':
      return <Switch id={id} checked={value === true} onChange={onChange} />;
    case 'number':
      return (
        <InputNumber
          id={id}
          status={status}
          min={field.min}
          max={field.max}
          precision={0}
          value={typeof value === 'number' ? value : field.min}
          {...(field.unit ? { suffix: t(field.unit) } : {})}
          onChange={(next) => onChange(next ?? field.min)}
        />
      );
    case 'choice':
      return (
        <Select
          id={id}
          status={status}
          value={typeof value === 'string' ? value : undefined}
          options={field.options.map((option) => ({ value: option.value, label: t(option.label) }))}
          onChange={onChange}
        />
      );
    case 'block':
      return (
        <Area
          id={id}
          status={status}
          rows={4}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'lines':
      return (
        <Area
          id={id}
          status={status}
          rows={4}
          value={Array.isArray(value) ? value.join('\n') : ''}
          onChange={(event) => onChange(event.target.value.split('\n'))}
        />
      );
    default:
      return (
        <Input
          id={id}
          status={status}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
