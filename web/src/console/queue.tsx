import type { QueueItem } from '@hongyan/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api, messageOf } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { friendlyTime } from '../kit/time.ts';
import { LockedSenders } from './locked-senders.tsx';
import { More } from './more.tsx';
import { usePages } from './pages.ts';
import { QueueDestinations } from './queue-destinations.tsx';
import { texts } from './texts.ts';

export default function Queue() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim());
  const queue = usePages<QueueItem>('/console/queue', { search });
  const act = useMutation({
    mutationFn: ({ id, what }: { id: number; what: 'retry' | 'bounce' | 'hold' | 'release' }) =>
      api.post(`/console/queue/${id}/${what}`),
    onSuccess: () => {
      message.success(tc('done'));
      void client.invalidateQueries({ queryKey: ['console'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const bounce = (id: number) =>
    modal.confirm({
      title: t('bounceAsk'),
      content: t('bounceMore'),
      okText: t('bounce'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => act.mutateAsync({ id, what: 'bounce' }).catch(() => undefined),
    });
  return (
    <>
      <LockedSenders />
      <div className="filters">
        <Input.Search
          allowClear
          className="filter-words"
          placeholder={t('searchQueue')}
          aria-label={t('searchQueue')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      <Loaded query={queue}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty title={t('queueEmpty')} more={t('queueEmptyMore')} />;
          return (
            <>
              <DataTable<QueueItem>
                rows={items}
                keyOf={(row) => row.id}
                columns={[
                  { key: 'from', title: t('from'), render: (row) => row.from },
                  { key: 'to', title: t('to'), render: (row) => row.to },
                  { key: 'subject', title: t('subject'), render: (row) => row.subject },
                  { key: 'queuedAt', title: t('queuedAt'), render: (row) => friendlyTime(row.queuedAt) },
                  { key: 'attempts', title: t('attempts'), render: (row) => row.attempts },
                  {
                    key: 'nextAt',
                    title: t('nextAt'),
                    render: (row) =>
                      row.state === 'held' ? t('heldMail') : row.nextAt && friendlyTime(row.nextAt),
                  },
                  { key: 'reason', title: t('reason'), render: (row) => row.reason },
                  {
                    key: 'actions',
                    title: tc('actions'),
                    render: (row) => (
                      <>
                        <Button
                          type="link"
                          size="small"
                          onClick={() => act.mutate({ id: row.id, what: 'retry' })}
                        >
                          {t('retryNow')}
                        </Button>
                        <Button
                          type="link"
                          size="small"
                          onClick={() =>
                            act.mutate({ id: row.id, what: row.state === 'held' ? 'release' : 'hold' })
                          }
                        >
                          {t(row.state === 'held' ? 'releaseMail' : 'holdMail')}
                        </Button>
                        <Button type="link" size="small" danger onClick={() => bounce(row.id)}>
                          {t('bounce')}
                        </Button>
                      </>
                    ),
                  },
                ]}
              />
              <More pages={queue} />
            </>
          );
        }}
      </Loaded>
      <QueueDestinations choose={setWords} />
    </>
  );
}
