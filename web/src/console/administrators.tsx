import { PlusOutlined } from '@ant-design/icons';
import type { Administrator, AppointAdministrator } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Modal, Radio } from 'antd';
import { useState } from 'react';
import { PeoplePicker, UnitPicker } from '../directory/pickers.tsx';
import { ApiError, api, list, messageOf } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
import { Person } from '../kit/person.tsx';
import { useMe } from '../kit/session.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { texts } from './texts.ts';

const NO_NAMES: ReadonlyMap<string, string> = new Map();

export default function Administrators() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const me = useMe();
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [appointing, setAppointing] = useState(false);
  const administrators = useQuery({
    queryKey: ['administrators'],
    queryFn: () => list<Administrator>('/administrators'),
  });
  const revoke = useMutation({
    mutationFn: (id: number) => api.delete(`/administrators/${id}`),
    onSuccess: () => {
      message.success(t('revoked'));
      void client.invalidateQueries({ queryKey: ['administrators'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const ask = (one: Administrator) =>
    modal.confirm({
      title: t('revokeAsk', { name: one.person.name }),
      okText: t('revoke'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => revoke.mutateAsync(one.person.id).catch(() => undefined),
    });
  return (
    <>
      <div className="filters">
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setAppointing(true)}>
          {t('appoint')}
        </Button>
      </div>
      <Loaded query={administrators}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('noAdministrators')} />
          ) : (
            <DataTable<Administrator>
              rows={items}
              keyOf={(row) => row.person.id}
              columns={[
                { key: 'person', title: t('person'), render: (row) => <Person person={row.person} /> },
                { key: 'tier', title: t('tier'), render: (row) => t(row.tier) },
                { key: 'scope', title: t('scope'), render: (row) => row.unit?.name ?? t('everything') },
                {
                  key: 'actions',
                  title: tc('actions'),
                  render: (row) =>
                    row.tier !== 'super' &&
                    row.person.id !== me.id && (
                      <Button type="link" size="small" danger onClick={() => ask(row)}>
                        {t('revoke')}
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {appointing && <Appoint close={() => setAppointing(false)} />}
    </>
  );
}

function Appoint({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const me = useMe();
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [accountId, setAccountId] = useState<number>();
  const [tier, setTier] = useState<'company' | 'unit'>('unit');
  const [unitId, setUnitId] = useState<number | null>(null);
  const appoint = useMutation({
    mutationFn: (order: AppointAdministrator) => api.post('/administrators', order),
    onSuccess: () => {
      message.success(t('appointed'));
      void client.invalidateQueries({ queryKey: ['administrators'] });
      close();
    },
    onError: (error, order) => {
      // Already appointed elsewhere: ask, then end the old scope.
      if (error instanceof ApiError && error.status === 409 && !order.replace) {
        modal.confirm({
          title: t('elsewhere'),
          content: t('elsewhereMore'),
          okText: t('goOn'),
          cancelText: tc('cancel'),
          onOk: () => appoint.mutateAsync({ ...order, replace: true }).catch(() => undefined),
        });
      } else message.error(messageOf(error));
    },
  });
  const ready = accountId !== undefined && (tier === 'company' || unitId !== null);
  return (
    <Modal
      open
      title={t('appoint')}
      okText={t('appoint')}
      cancelText={tc('cancel')}
      okButtonProps={{ disabled: !ready, loading: appoint.isPending }}
      onCancel={close}
      onOk={() => {
        if (accountId === undefined) return;
        appoint.mutate({ accountId, tier, ...(tier === 'unit' && unitId !== null && { unitId }) });
      }}
    >
      <div className="field">
        <label className="field-label" htmlFor="appoint-person">
          {t('person')}
        </label>
        <PeoplePicker
          id="appoint-person"
          names={NO_NAMES}
          value={accountId === undefined ? [] : [accountId]}
          onChange={(ids) => setAccountId(ids[0])}
        />
      </div>
      {me.tier === 'super' && (
        <div className="field">
          <span className="field-label">{t('tier')}</span>
          <Radio.Group
            value={tier}
            onChange={(event) => setTier(event.target.value)}
            options={[
              { value: 'unit', label: t('unit') },
              { value: 'company', label: t('company') },
            ]}
          />
        </div>
      )}
      {tier === 'unit' && (
        <div className="field">
          <label className="field-label" htmlFor="appoint-unit">
            {t('scope')}
          </label>
          <UnitPicker id="appoint-unit" from="/units" names={NO_NAMES} value={unitId} onChange={setUnitId} />
        </div>
      )}
    </Modal>
  );
}
