import type { SignInRecord } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';

import { list } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
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
          <DataTable<SignInRecord>
            rows={items}
            keyOf={(record) => record.time + record.address + record.protocol}
            columns={[
              { key: 'when', title: t('when'), render: (record) => fullTime(record.time) },
              { key: 'how', title: t('how'), render: (record) => way(record.protocol) },
              { key: 'device', title: t('device'), render: (record) => deviceName(record.device) },
              { key: 'from', title: t('from'), render: (record) => record.address },
              { key: 'ok', title: t('result'), render: result },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
