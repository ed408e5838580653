import type { DmarcOverview } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { api } from '../../kit/api.ts';
import { DataTable } from '../../kit/data-table.tsx';
import { Empty, Loaded } from '../../kit/states.tsx';
import { StatusTag } from '../../kit/tag.tsx';
import { useTexts } from '../../kit/texts.ts';
import { day } from '../../kit/time.ts';
import { AlignmentChart } from './alignment-chart.tsx';
import { trustTexts } from './texts.ts';
import './trust.css';

type Source = DmarcOverview['sources'][number];
type Report = DmarcOverview['reports'][number];

const number = (value: number) => value.toLocaleString();
const total = (row: Pick<Source, 'both' | 'dkim' | 'spf' | 'none'>) =>
  row.both + row.dkim + row.spf + row.none;

/** 域名验证报告: what others report about mail in our name, by day, by source, by report. */
export default function Dmarc() {
  const t = useTexts(trustTexts);
  const [domain, setDomain] = useState<string>();
  const [days, setDays] = useState(30);
  const overview = useQuery({
    queryKey: ['console', 'dmarc', domain, days],
    queryFn: () => api.get<DmarcOverview>('/console/dmarc', { domain, days }),
    placeholderData: (previous) => previous,
  });
  return (
    <Loaded query={overview}>
      {(data) => (
        <>
          <div className="filters">
            <Select
              allowClear
              className="filter-choice"
              placeholder={t('allDomains')}
              aria-label={t('domain')}
              value={domain}
              onChange={setDomain}
              options={data.domains.map((value) => ({ value, label: value }))}
            />
            <Select
              className="filter-choice"
              aria-label={t('period')}
              value={days}
              onChange={setDays}
              options={[7, 30, 90, 365].map((count) => ({ value: count, label: t('lastDays', { count }) }))}
            />
          </div>
          {data.reports.length === 0 ? (
            <Empty
              title={t('noReports')}
              more={t('noReportsMore', { address: `dmarc-reports@${data.domains[0] ?? ''}` })}
            />
          ) : (
            <div className="dmarc">
              <section className="card">
                <h2>{t('byDay')}</h2>
                <AlignmentChart rows={data.days.map((row) => ({ ...row, label: row.day }))} />
              </section>
              <section className="card">
                <h2>{t('bySource')}</h2>
                <AlignmentChart
                  rows={data.sources.slice(0, 12).map((row) => ({ ...row, label: row.source }))}
                />
              </section>
              <DataTable<Source>
                rows={data.sources}
                keyOf={(row) => row.source}
                columns={[
                  { key: 'source', title: t('source'), render: (row) => row.source },
                  { key: 'messages', title: t('messages'), render: (row) => number(total(row)) },
                  { key: 'both', title: t('both'), render: (row) => number(row.both) },
                  { key: 'dkim', title: t('dkimOnly'), render: (row) => number(row.dkim) },
                  { key: 'spf', title: t('spfOnly'), render: (row) => number(row.spf) },
                  { key: 'none', title: t('neither'), render: (row) => number(row.none) },
                  { key: 'refused', title: t('refused'), render: (row) => number(row.refused) },
                ]}
              />
              <h2>{t('reports')}</h2>
              <DataTable<Report>
                rows={data.reports}
                keyOf={(row) => row.id}
                columns={[
                  {
                    key: 'organisation',
                    title: t('reporter'),
                    render: (row) => (
                      <>
                        {row.organisation}{' '}
                        {!row.authenticated && <StatusTag tone="warn">{t('unproven')}</StatusTag>}
                      </>
                    ),
                  },
                  { key: 'domain', title: t('domain'), render: (row) => row.domain },
                  { key: 'period', title: t('period'), render: (row) => day(row.begin) },
                  { key: 'messages', title: t('messages'), render: (row) => number(row.messages) },
                ]}
              />
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
