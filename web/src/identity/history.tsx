import type { SignInRecord } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Table } from 'antd';
import { list } from '../kit/api.ts';
import { deviceName } from '../kit/device.ts';
import { usePhone } from '../kit/screen.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { fullTime } from '../kit/time.ts';
import { texts } from './texts.ts';

export function History() {
  const t = useTexts(texts);
  const phone = usePhone();
  const history = useQuery({
    queryKey: ['me', 'sign-ins'],
    queryFn: () => list<SignInRecord>('/me/sign-ins'),
  });
  const way = (protocol: string) => (/^(web|http)/i.test(protocol) ? t('web') : protocol.toUpperCase());
  const result = (record: SignInRecord) => (
    <StatusTag tone={record.ok ? 'good' : 'bad'}>{t(record.ok ? 'good' : 'bad')}</StatusTag>
  );
  return (
    <Loaded query={history}>
      {({ items }) => {
        if (items.length === 0) return <Empty title={t('noHistory')} />;
        if (phone) {
          return (
            <ul className="card devices">
              {items.map((record) => (
                <li key={record.time + record.address}>
                  <div>
                    <span>{fullTime(record.time)}</span>
                    <small className="quiet">
                      {way(record.protocol)} · {deviceName(record.device)} · {record.address}
                    </small>
                  </div>
                  {result(record)}
                </li>
              ))}
            </ul>
          );
        }
        return (
          <Table<SignInRecord>
            className="card table-card"
            size="small"
            rowKey={(record) => record.time + record.address + record.protocol}
            dataSource={items}
            pagination={false}
            columns={[
              { title: t('when'), dataIndex: 'time', render: fullTime },
              { title: t('how'), dataIndex: 'protocol', render: way },
              { title: t('device'), dataIndex: 'device', render: deviceName },
              { title: t('from'), dataIndex: 'address' },
              { title: t('result'), key: 'ok', render: (_, record) => result(record) },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
