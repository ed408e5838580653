import { Checkbox, DatePicker, Input, InputNumber, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { type Names, PeoplePicker, UnitPicker } from '../../directory/pickers.tsx';
import { Area } from '../../kit/area.tsx';
import { useClear } from '../../kit/clear.tsx';
import { usePhone } from '../../kit/screen.ts';
import { useTexts } from '../../kit/texts.ts';
import { Attachments, MailboxName, Secret } from './inputs.tsx';
import { texts } from './texts.ts';
import { asAttachments, asNumber, asNumbers, asText, asTexts, type SimpleField } from './values.ts';

const MANY = 5;

/** The control of one field, without its label. */
export function FieldControl({
  field,
  id,
  value,
  onChange,
  invalid,
  names,
}: {
  field: SimpleField;
  id: string;
  value: unknown;
  onChange: (value: unknown) => void;
  invalid: boolean;
  names: Names;
}) {
  const t = useTexts(texts);
  const phone = usePhone();
  const clear = useClear();
  const common = { id, 'aria-label': field.label, 'aria-invalid': invalid || undefined };
  const status = invalid ? { status: 'error' as const } : {};
  const limit = field.maxLength === undefined ? {} : { maxLength: field.maxLength };
  const choices = field.choices ?? [];
  const text = asText(value);
  const type = (event: { target: { value: string } }) => onChange(event.target.value);

  switch (field.type) {
    case 'textarea':
      return <Area {...common} {...status} {...limit} value={text} onChange={type} />;
    case 'number':
      return (
        <InputNumber
          {...common}
          {...status}
          className="field-wide"
          value={asNumber(value)}
          min={field.min ?? Number.MIN_SAFE_INTEGER}
          max={field.max ?? Number.MAX_SAFE_INTEGER}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    case 'date':
      return (
        <DatePicker
          {...common}
          {...status}
          className="field-day"
          placeholder={t('chooseDay')}
          inputReadOnly={phone}
          value={text ? dayjs(text) : null}
          onChange={(next) => onChange(next ? next.format('YYYY-MM-DD') : undefined)}
        />
      );
    case 'radio':
      return (
        <Radio.Group
          {...common}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          options={choices}
          className="field-choices"
        />
      );
    case 'checkboxes':
      return (
        <Checkbox.Group
          value={asTexts(value)}
          onChange={(next) => onChange(next)}
          options={choices}
          className="field-choices"
        />
      );
    case 'select':
      return (
        <Select
          {...common}
          {...status}
          allowClear={clear}
          className="field-wide"
          placeholder={t('choose')}
          showSearch={choices.length > MANY ? { optionFilterProp: 'label' } : false}
          options={choices}
          value={text || undefined}
          onChange={(next) => onChange(next)}
        />
      );
    case 'person':
      return (
        <PeoplePicker
          id={id}
          label={field.label}
          invalid={invalid}
          names={names}
          value={asNumbers([value])}
          onChange={(next) => onChange(next[0])}
        />
      );
    case 'people':
      return (
        <PeoplePicker
          id={id}
          label={field.label}
          invalid={invalid}
          names={names}
          several
          value={asNumbers(value)}
          onChange={onChange}
        />
      );
    case 'unit':
      return (
        <UnitPicker
          id={id}
          label={field.label}
          invalid={invalid}
          names={names}
          value={asNumber(value)}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    case 'mailbox_name':
      return <MailboxName id={id} label={field.label} invalid={invalid} value={text} onChange={onChange} />;
    case 'secret':
      return <Secret id={id} label={field.label} invalid={invalid} value={value} onChange={onChange} />;
    case 'attachments':
      return (
        <Attachments
          id={id}
          label={field.label}
          invalid={invalid}
          value={asAttachments(value)}
          onChange={onChange}
        />
      );
    default:
      return (
        <Input
          {...common}
          {...status}
          {...limit}
          type={field.type === 'phone' ? 'tel' : field.type === 'email' ? 'email' : 'text'}
          value={text}
          onChange={type}
        />
      );
  }
}
