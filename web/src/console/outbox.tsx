import type { OutboxSms } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';

import { list } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { fullTime } from '../kit/time.ts';
import { texts } from './texts.ts';

/** What the sample institution's provider would have sent. */
export default function Outbox() {
  const t = useTexts(texts);
  const sent = useQuery({
    queryKey: ['console', 'sms'],
    queryFn: () => list<OutboxSms>('/console/outbox/sms'),
  });
  return (
    <Loaded query={sent}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={t('smsEmpty')} />
        ) : (
          <DataTable<OutboxSms>
            rows={items}
            keyOf={(row) => row.time + row.to + row.text}
            columns={[
              { key: 'time', title: t('time'), render: (row) => fullTime(row.time) },
              { key: 'to', title: t('smsTo'), render: (row) => row.to },
              { key: 'text', title: t('smsText'), render: (row) => row.text },
            ]}
          />
        )
      }
    </Loaded>
  );
}
