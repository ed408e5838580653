import { useMutation } from '@tanstack/react-query';
import { App, Button, Form, Input } from 'antd';
import { ApiError, api, messageOf } from '../kit/api.ts';
import { useMe } from '../kit/session.ts';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { PasswordRules } from './password-rules.tsx';
import { texts } from './texts.ts';

interface Values {
  current: string;
  password: string;
  again: string;
}

export function ChangePassword() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const me = useMe();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const password = Form.useWatch('password', form);
  const change = useMutation({
    mutationFn: (values: Values) =>
      api.put('/me/password', { current: values.current, password: values.password }),
    onSuccess: () => {
      form.resetFields();
      message.success(t('passwordChanged'));
    },
    onError: (error) => {
      const fields = error instanceof ApiError ? error.fields : [];
      const known = fields.flatMap((one) =>
        one.field === 'current' || one.field === 'password'
          ? [{ name: one.field, errors: [one.message] } as const]
          : [],
      );
      if (known.length > 0) form.setFields(known.map((one) => ({ ...one, errors: [...one.errors] })));
      else message.error(messageOf(error));
    },
  });
  const required = [{ required: true, message: tc('required') }];
  return (
    <section className="card">
      <p className="quiet me-why">{t('passwordWhy')}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        className="password-form"
        onFinish={(values) => change.mutate(values)}
      >
        <Form.Item name="current" label={t('current')} rules={required}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="password" label={t('new')} rules={required}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <PasswordRules password={password ?? ''} account={me.account} />
        <Form.Item
          name="again"
          label={t('again')}
          dependencies={['password']}
          rules={[
            ...required,
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                !value || value === getFieldValue('password')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('differ'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          {t('saveChange')}
        </Button>
      </Form>
    </section>
  );
}
