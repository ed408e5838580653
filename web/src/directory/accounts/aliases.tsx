import type { Account, NameCheck } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Space, Tag } from 'antd';
import { useState } from 'react';
import { api, messageOf } from '../../kit/api.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { texts } from './texts.ts';

export function Aliases({ account }: { account: Account }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [alias, setAlias] = useState('');
  const [problem, setProblem] = useState<string>();
  const refresh = () => void client.invalidateQueries({ queryKey: ['console'] });
  const add = useMutation({
    mutationFn: async () => {
      const check = await api.get<NameCheck>(`/names/${encodeURIComponent(alias.trim())}`);
      if (!check.available) return check.message ?? '';
      await api.post(`/accounts/${account.id}/aliases`, { alias: alias.trim() });
      return undefined;
    },
    onSuccess: (refused) => {
      setProblem(refused);
      if (refused === undefined) setAlias('');
      refresh();
    },
    onError: (error) => setProblem(messageOf(error)),
  });
  const remove = (one: string) =>
    modal.confirm({
      title: t('removeAliasAsk', { alias: one }),
      okText: tc('remove'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () =>
        api
          .delete(`/accounts/${account.id}/aliases/${encodeURIComponent(one)}`)
          .then(refresh)
          .catch((error) => void message.error(messageOf(error))),
    });
  return (
    <div className="field aliases">
      <label className="field-label" htmlFor="new-alias">
        {t('aliases')}
      </label>
      <div className="aliases-list">
        {account.aliases.length === 0 && <span className="quiet">{t('noAliases')}</span>}
        {account.aliases.map((one) => (
          <Tag
            key={one}
            closable={{ 'aria-label': t('removeAlias', { alias: one }) }}
            onClose={(event) => {
              event.preventDefault();
              remove(one);
            }}
          >
            {one}
          </Tag>
        ))}
      </div>
      <Space.Compact className="aliases-add">
        <Input
          id="new-alias"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          {...(problem && { status: 'error' as const })}
          value={alias}
          onChange={(event) => {
            setAlias(event.target.value);
            setProblem(undefined);
          }}
          onPressEnter={() => alias.trim() && add.mutate()}
        />
        <Button disabled={!alias.trim()} loading={add.isPending} onClick={() => add.mutate()}>
          {t('addAlias')}
        </Button>
      </Space.Compact>
      {problem && <span className="field-problem">{problem}</span>}
    </div>
  );
}
