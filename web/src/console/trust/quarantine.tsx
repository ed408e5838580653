import type { HeldItem, HeldMessageView } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Drawer, Input, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api, messageOf } from '../../kit/api.ts';
import { DataTable } from '../../kit/data-table.tsx';
import { Empty, Loaded } from '../../kit/states.tsx';
import { StatusTag } from '../../kit/tag.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { day, friendlyTime, size } from '../../kit/time.ts';
import { More } from '../more.tsx';
import { usePages } from '../pages.ts';
import { trustTexts } from './texts.ts';
import './trust.css';

type Reason = HeldItem['reason'];

/** 隔离区: what is held, with the reason; released or deleted one by one. */
export default function Quarantine() {
  const t = useTexts(trustTexts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim());
  const [reason, setReason] = useState<Reason>();
  const [open, setOpen] = useState<number>();
  const held = usePages<HeldItem>('/console/quarantine', { search, reason });
  const act = useMutation({
    mutationFn: ({ id, what }: { id: number; what: 'release' | 'delete' }) =>
      api.post(`/console/quarantine/${what}`, { ids: [id] }),
    onSuccess: (_, { what }) => {
      message.success(what === 'release' ? t('released') : tc('done'));
      setOpen(undefined);
      void client.invalidateQueries({ queryKey: ['console'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const release = (row: HeldItem) => {
    if (row.reason !== 'virus') return act.mutate({ id: row.id, what: 'release' });
    modal.confirm({
      title: t('virusAsk'),
      content: t('virusMore'),
      okText: t('release'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => act.mutateAsync({ id: row.id, what: 'release' }).catch(() => undefined),
    });
  };
  const remove = (row: HeldItem) =>
    modal.confirm({
      title: t('deleteAsk'),
      content: t('deleteMore'),
      okText: tc('remove'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => act.mutateAsync({ id: row.id, what: 'delete' }).catch(() => undefined),
    });
  return (
    <>
      <div className="filters">
        <Input.Search
          allowClear
          className="filter-words"
          placeholder={t('search')}
          aria-label={t('search')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <Select<Reason>
          allowClear
          className="filter-choice"
          placeholder={t('anyReason')}
          aria-label={t('reason')}
          value={reason}
          onChange={setReason}
          options={(['spam', 'virus'] as const).map((value) => ({ value, label: t(value) }))}
        />
      </div>
      <Loaded query={held}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty title={t('emptyHeld')} more={t('emptyHeldMore')} />;
          return (
            <>
              <DataTable<HeldItem>
                rows={items}
                keyOf={(row) => row.id}
                columns={[
                  { key: 'from', title: t('from'), render: (row) => row.from },
                  { key: 'to', title: t('to'), render: (row) => row.to },
                  { key: 'subject', title: t('subject'), render: (row) => row.subject || t('noSubject') },
                  { key: 'reason', title: t('reason'), render: (row) => <ReasonTag reason={row.reason} /> },
                  { key: 'heldAt', title: t('heldAt'), render: (row) => friendlyTime(row.heldAt) },
                  { key: 'expiresAt', title: t('expiresAt'), render: (row) => day(row.expiresAt) },
                  {
                    key: 'actions',
                    title: tc('actions'),
                    render: (row) => (
                      <>
                        <Button type="link" size="small" onClick={() => setOpen(row.id)}>
                          {t('view')}
                        </Button>
                        <Button type="link" size="small" onClick={() => release(row)}>
                          {t('release')}
                        </Button>
                        <Button type="link" size="small" danger onClick={() => remove(row)}>
                          {tc('remove')}
                        </Button>
                      </>
                    ),
                  },
                ]}
              />
              <More pages={held} />
            </>
          );
        }}
      </Loaded>
      <Drawer open={open !== undefined} onClose={() => setOpen(undefined)} size={640} title={t('view')}>
        {open !== undefined && <HeldMessage id={open} />}
      </Drawer>
    </>
  );
}

function ReasonTag({ reason }: { reason: Reason }) {
  const t = useTexts(trustTexts);
  return <StatusTag tone={reason === 'virus' ? 'bad' : 'warn'}>{t(reason)}</StatusTag>;
}

function HeldMessage({ id }: { id: number }) {
  const t = useTexts(trustTexts);
  const message = useQuery({
    queryKey: ['console', 'held', id],
    queryFn: () => api.get<HeldMessageView>(`/console/quarantine/${id}`),
  });
  return (
    <Loaded query={message}>
      {(held) => (
        <dl className="held">
          <dt>{t('from')}</dt>
          <dd>{held.from}</dd>
          <dt>{t('to')}</dt>
          <dd>{held.to}</dd>
          <dt>{t('subject')}</dt>
          <dd>{held.subject || t('noSubject')}</dd>
          <dt>{t('reason')}</dt>
          <dd>
            <ReasonTag reason={held.reason} />
          </dd>
          {held.detail !== '' && (
            <>
              <dt>{t('detail')}</dt>
              <dd>{held.detail}</dd>
            </>
          )}
          <dt>{t('size')}</dt>
          <dd>{size(held.size)}</dd>
          <dt>{t('beginning')}</dt>
          <dd>{held.preview}</dd>
          <dt>{t('header')}</dt>
          <dd>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
            <pre tabIndex={0}>{held.header}</pre>
          </dd>
        </dl>
      )}
    </Loaded>
  );
}
