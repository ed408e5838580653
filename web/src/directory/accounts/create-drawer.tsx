import type { CreateAccount, NameCheck, Unit } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Drawer, Form, Input } from 'antd';
import { PasswordRules } from '../../identity/password-rules.tsx';
import { ApiError, api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { AccountFields, type AccountValues, toOrder } from './account-fields.tsx';
import { texts } from './texts.ts';

interface Values extends AccountValues {
  account: string;
  password: string;
  again: string;
}

/** A name is refused while one types, with the reason. */
async function checkName(_: unknown, name: unknown): Promise<void> {
  if (typeof name !== 'string' || !name.trim()) return;
  const check = await api.get<NameCheck>(`/names/${encodeURIComponent(name.trim())}`).catch(() => undefined);
  if (check?.available === false) throw new Error(check.message ?? '');
}

export function CreateDrawer({ unit, close }: { unit: Unit | undefined; close: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const password = Form.useWatch('password', form);
  const account = Form.useWatch('account', form);
  const create = useMutation({
    mutationFn: (values: Values) => {
      const order: CreateAccount = {
        ...toOrder(values),
        account: values.account.trim(),
        password: values.password,
      };
      return api.post('/accounts', order);
    },
    onSuccess: () => {
      message.success(t('created'));
      void client.invalidateQueries({ queryKey: ['console'] });
      void client.invalidateQueries({ queryKey: ['units'] });
    },
    onError: (error) => {
      const problem = error instanceof ApiError ? error.fields[0] : undefined;
      if (problem?.field === 'account' || problem?.field === 'password' || problem?.field === 'name') {
        form.setFields([{ name: problem.field, errors: [problem.message] }]);
      } else message.error(messageOf(error));
    },
  });
  const send = async (another: boolean) => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    await create
      .mutateAsync(values)
      .then(() => {
        // Password, unit and expiry stay for the next one.
        if (another) form.resetFields(['name', 'account', 'number', 'post', 'officePhone', 'mobile']);
        else close();
      })
      .catch(() => undefined);
  };
  const required = { required: true, whitespace: true, message: tc('required') };
  return (
    <Drawer
      open
      size={560}
      title={t('newAccount')}
      onClose={close}
      footer={
        <div className="drawer-buttons">
          <Button onClick={() => void send(true)} loading={create.isPending}>
            {t('createAnother')}
          </Button>
          <Button type="primary" onClick={() => void send(false)} loading={create.isPending}>
            {t('create')}
          </Button>
        </div>
      }
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ kind: 'staff', unitId: unit && !unit.isDefault ? unit.id : null }}
      >
        <Form.Item
          name="account"
          label={t('account')}
          hasFeedback
          validateDebounce={350}
          rules={[required, { validator: checkName }]}
        >
          <Input autoCapitalize="none" spellCheck={false} maxLength={64} autoComplete="off" />
        </Form.Item>
        <div className="two-columns">
          <Form.Item name="password" label={t('password')} rules={[required]}>
            <Input.Password autoComplete="new-password" />
          </Form.Item>
          <Form.Item
            name="again"
            label={t('again')}
            dependencies={['password']}
            rules={[
              required,
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
        </div>
        <PasswordRules password={password ?? ''} account={account ?? ''} />
        <AccountFields names={new Map(unit ? [[`unit:${unit.id}`, unit.name]] : [])} />
      </Form>
    </Drawer>
  );
}
