import { DownOutlined } from '@ant-design/icons';
import type { Account } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown, Input, Modal } from 'antd';
import { useState } from 'react';
import { PasswordRules } from '../../identity/password-rules.tsx';
import { api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { texts } from './texts.ts';

type Act = 'disable' | 'activate' | 'restore' | 'delete';

/** What fits the state: disable, activate, restore, delete; and a new password. */
export function AccountActions({ account, close }: { account: Account; close: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [resetting, setResetting] = useState(false);
  const act = useMutation({
    mutationFn: (what: Act) =>
      what === 'delete' ? api.delete(`/accounts/${account.id}`) : api.post(`/accounts/${account.id}/${what}`),
    onSuccess: () => {
      message.success(tc('done'));
      void client.invalidateQueries({ queryKey: ['console'] });
      close();
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const ask = (what: 'disable' | 'delete') =>
    modal.confirm({
      title: t(what === 'delete' ? 'deleteAsk' : 'disableAsk', { name: account.name }),
      content: t(what === 'delete' ? 'deleteMore' : 'disableMore'),
      okText: t(what === 'delete' ? 'deleteAccount' : 'disable'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => act.mutateAsync(what).catch(() => undefined),
    });
  const items = [
    { key: 'password', label: t('resetPassword'), onClick: () => setResetting(true) },
    ...(account.state === 'active'
      ? [{ key: 'disable', label: t('disable'), onClick: () => ask('disable') }]
      : []),
    ...(account.state === 'disabled' || account.state === 'expired'
      ? [{ key: 'activate', label: t('activate'), onClick: () => act.mutate('activate') }]
      : []),
    ...(account.state === 'deleted'
      ? [{ key: 'restore', label: t('restore'), onClick: () => act.mutate('restore') }]
      : [{ key: 'delete', danger: true, label: t('deleteAccount'), onClick: () => ask('delete') }]),
  ];
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items }}>
        <Button icon={<DownOutlined />} iconPlacement="end" loading={act.isPending}>
          {t('more')}
        </Button>
      </Dropdown>
      {resetting && <ResetPassword account={account} close={() => setResetting(false)} />}
    </>
  );
}

function ResetPassword({ account, close }: { account: Account; close: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const { message } = App.useApp();
  const [password, setPassword] = useState('');
  const reset = useMutation({
    mutationFn: () => api.put(`/accounts/${account.id}/password`, { password }),
    onSuccess: () => {
      message.success(t('resetDone'));
      close();
    },
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <Modal
      open
      title={t('resetPassword')}
      okText={t('resetPassword')}
      cancelText={tc('cancel')}
      okButtonProps={{ disabled: !password, loading: reset.isPending }}
      onCancel={close}
      onOk={() => reset.mutate()}
    >
      <p className="quiet">{t('resetMore')}</p>
      <div className="field">
        <label className="field-label" htmlFor="reset-password">
          {t('password')}
        </label>
        <Input.Password
          id="reset-password"
          autoFocus
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </div>
      <PasswordRules password={password} account={account.account} />
    </Modal>
  );
}
