import { DatePicker, Form, Input, InputNumber, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { UnitPicker } from '../pickers.tsx';
import { texts } from './texts.ts';

/** What creating and editing have in common. */
export interface AccountValues {
  name: string;
  unitId: number | null;
  number?: string;
  kind: 'staff' | 'student' | 'other';
  post?: string;
  expiresOn?: Dayjs | null;
  quotaGb?: number;
  officePhone?: string;
  mobile?: string;
}

export const GB = 1024 ** 3;

/** As the contract wants it; what is left empty is not sent. */
export function toOrder(values: AccountValues) {
  return {
    name: values.name.trim(),
    unitId: values.unitId ?? null,
    kind: values.kind,
    number: values.number?.trim() ?? '',
    post: values.post?.trim() ?? '',
    officePhone: values.officePhone?.trim() ?? '',
    mobile: values.mobile?.trim() ?? '',
    expiresOn: values.expiresOn ? values.expiresOn.format('YYYY-MM-DD') : null,
    ...(values.quotaGb && { quotaBytes: Math.round(values.quotaGb * GB) }),
  };
}

interface UnitFieldProps {
  id?: string;
  value?: number | null;
  onChange?: (value: number | null) => void;
  names: ReadonlyMap<string, string>;
}

function UnitField({ id, value, onChange, names }: UnitFieldProps) {
  return (
    <UnitPicker
      {...(id && { id })}
      from="/units"
      names={names}
      value={value ?? null}
      onChange={(next) => onChange?.(next)}
    />
  );
}

export function AccountFields({ names }: { names: ReadonlyMap<string, string> }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  return (
    <>
      <Form.Item
        name="name"
        label={t('name')}
        rules={[{ required: true, whitespace: true, message: tc('required') }]}
      >
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="unitId" label={t('unit')}>
        <UnitField names={names} />
      </Form.Item>
      <div className="two-columns">
        <Form.Item name="number" label={t('number')}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="kind" label={t('kind')}>
          <Select
            options={(['staff', 'student', 'other'] as const).map((kind) => ({
              value: kind,
              label: t(kind),
            }))}
          />
        </Form.Item>
        <Form.Item name="post" label={t('post')}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="expiresOn" label={t('expiresOn')} extra={t('noExpiry')}>
          <DatePicker className="field-wide" />
        </Form.Item>
        <Form.Item name="officePhone" label={t('officePhone')}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="mobile" label={t('mobile')}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="quotaGb" label={t('quota')}>
          <InputNumber className="field-wide" min={0.001} max={1024} />
        </Form.Item>
      </div>
    </>
  );
}
