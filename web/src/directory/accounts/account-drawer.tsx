import type { Account, UpdateAccount } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, Drawer, Form, Switch } from 'antd';
import dayjs from 'dayjs';
import { api, messageOf } from '../../kit/api.ts';
import { Loaded } from '../../kit/states.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { AccountActions } from './account-actions.tsx';
import { AccountFields, type AccountValues, GB, toOrder } from './account-fields.tsx';
import { Aliases } from './aliases.tsx';
import { AccountStateTag } from './state-tag.tsx';
import { texts } from './texts.ts';

const ways = ['web', 'imap', 'pop3', 'smtp'] as const;
type Way = (typeof ways)[number];
interface Values extends AccountValues {
  listed: boolean;
  ways: Way[];
}

/** One account: edit, aliases, and what can be done to it. */
export function AccountDrawer({ id, close }: { id: number; close: () => void }) {
  const t = useTexts(texts);
  const account = useQuery({
    queryKey: ['console', 'account', id],
    queryFn: () => api.get<Account>(`/accounts/${id}`),
  });
  return (
    <Drawer
      open
      size={560}
      title={
        account.data ? (
          <span className="account-title">
            {account.data.name} <AccountStateTag state={account.data.state} />
          </span>
        ) : (
          t('account')
        )
      }
      onClose={close}
      {...(account.data && { extra: <AccountActions account={account.data} close={close} /> })}
    >
      <Loaded query={account} rows={10}>
        {(data) => <Edit key={data.id} account={data} close={close} />}
      </Loaded>
    </Drawer>
  );
}

const valuesOf = (account: Account): Values => ({
  name: account.name,
  unitId: account.unit?.id ?? null,
  number: account.number ?? '',
  kind: account.kind,
  post: account.post ?? '',
  expiresOn: account.expiresAt ? dayjs(account.expiresAt) : null,
  quotaGb: Math.round((account.quotaBytes / GB) * 1000) / 1000,
  officePhone: account.officePhone ?? '',
  mobile: account.mobile ?? '',
  listed: account.listed,
  ways: ways.filter((way) => account.protocols[way]),
});

function Edit({ account, close }: { account: Account; close: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message } = App.useApp();
  const save = useMutation({
    mutationFn: (values: Values) => {
      const has = (way: Way) => values.ways.includes(way);
      const order: UpdateAccount = {
        ...toOrder(values),
        listed: values.listed,
        protocols: { web: has('web'), imap: has('imap'), pop3: has('pop3'), smtp: has('smtp') },
      };
      return api.patch(`/accounts/${account.id}`, order);
    },
    onSuccess: () => {
      message.success(tc('saved'));
      void client.invalidateQueries({ queryKey: ['console'] });
      void client.invalidateQueries({ queryKey: ['units'] });
      close();
    },
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <>
      <p className="quiet account-address">
        {account.address}
        {account.boundPhone && ` · ${t('boundPhone')} ${account.boundPhone}`}
      </p>
      <Aliases account={account} />
      <Form
        layout="vertical"
        initialValues={valuesOf(account)}
        onFinish={(values: Values) => save.mutate(values)}
      >
        <AccountFields
          names={new Map(account.unit ? [[`unit:${account.unit.id}`, account.unit.name]] : [])}
        />
        <Form.Item name="ways" label={t('protocols')}>
          <Checkbox.Group options={ways.map((way) => ({ value: way, label: t(way) }))} />
        </Form.Item>
        <Form.Item name="listed" label={t('listed')} valuePropName="checked" layout="horizontal">
          <Switch />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {tc('save')}
        </Button>
      </Form>
    </>
  );
}
