import type { LockedSender, LockedSenderList } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { api, messageOf } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { friendlyTime } from '../kit/time.ts';
import { texts } from './texts.ts';

/** Accounts whose sending is locked, above the queue; nothing at all while there are none. */
export function LockedSenders() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message } = App.useApp();
  const locked = useQuery({
    queryKey: ['console', 'locked-senders'],
    queryFn: () => api.get<LockedSenderList>('/console/locked-senders'),
  });
  const unlock = useMutation({
    mutationFn: (id: number) => api.post(`/console/locked-senders/${id}/unlock`),
    onSuccess: () => {
      message.success(tc('done'));
      void client.invalidateQueries({ queryKey: ['console'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const items = locked.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section className="locked-senders">
      <h2>{t('lockedSenders')}</h2>
      <DataTable<LockedSender>
        rows={items}
        keyOf={(row) => row.accountId}
        columns={[
          { key: 'address', title: t('from'), render: (row) => row.address },
          { key: 'recipients', title: t('lockedRecipients'), render: (row) => row.recipients },
          { key: 'lockedAt', title: t('lockedAt'), render: (row) => friendlyTime(row.lockedAt) },
          {
            key: 'actions',
            title: tc('actions'),
            render: (row) => (
              <Button type="link" size="small" onClick={() => unlock.mutate(row.accountId)}>
                {t('unlockSender')}
              </Button>
            ),
          },
        ]}
      />
    </section>
  );
}
