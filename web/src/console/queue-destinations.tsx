import type { QueueDestination, QueueDestinationList } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { api } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
import { useTexts } from '../kit/texts.ts';
import { friendlyTime } from '../kit/time.ts';
import { texts } from './texts.ts';

/** Institutions that mail waits for, below the queue; choosing one searches the queue for it. */
export function QueueDestinations({ choose }: { choose: (domain: string) => void }) {
  const t = useTexts(texts);
  const destinations = useQuery({
    queryKey: ['console', 'queue-destinations'],
    queryFn: () => api.get<QueueDestinationList>('/console/queue/destinations'),
  });
  const items = destinations.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section>
      <h2>{t('queueDestinations')}</h2>
      <DataTable<QueueDestination>
        rows={items}
        keyOf={(row) => row.domain}
        columns={[
          {
            key: 'domain',
            title: t('destination'),
            render: (row) => (
              <Button type="link" size="small" onClick={() => choose(`@${row.domain}`)}>
                {row.domain}
              </Button>
            ),
          },
          { key: 'waiting', title: t('waitingMails'), render: (row) => row.waiting },
          { key: 'oldest', title: t('oldestMail'), render: (row) => friendlyTime(row.oldest) },
          {
            key: 'pausedUntil',
            title: t('nextAt'),
            render: (row) => row.pausedUntil && friendlyTime(row.pausedUntil),
          },
          { key: 'reason', title: t('reason'), render: (row) => row.reason },
        ]}
      />
    </section>
  );
}
