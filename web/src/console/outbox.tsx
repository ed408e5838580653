import type { OutboxSms } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Table } from 'antd';
import { list } from '../kit/api.ts';
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
          <Table<OutboxSms>
            className="card table-card"
            size="small"
            rowKey={(row) => row.time + row.to + row.text}
            dataSource={items}
            pagination={false}
            columns={[
              { title: t('time'), dataIndex: 'time', width: 160, render: fullTime },
              { title: t('smsTo'), dataIndex: 'to', width: 140 },
              { title: t('smsText'), dataIndex: 'text' },
            ]}
          />
        )
      }
    </Loaded>
  );
}
