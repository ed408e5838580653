import { CopyOutlined } from '@ant-design/icons';
import type { DomainCheck, DomainRecords, RecordState, WantedRecord } from '@hongyan/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Collapse, Drawer } from 'antd';
import { useEffect } from 'react';
import { api, messageOf } from '../kit/api.ts';
import { Loaded } from '../kit/states.tsx';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { guideTexts } from './domain-guide-texts.ts';
import './domain-guide.css';

const TONES: Record<RecordState, 'good' | 'warn' | 'bad' | 'plain'> = {
  ok: 'good',
  weak: 'warn',
  missing: 'bad',
  wrong: 'bad',
  unknown: 'plain',
};
const REGISTRARS = ['xinnet', 'wanwang', 'ename', 'godaddy'] as const;

/** Opening mail for a domain: the records to set, and what DNS says of each. */
export function DomainGuide({ domain, onClose }: { domain: string | undefined; onClose: () => void }) {
  const t = useTexts(guideTexts);
  const records = useQuery({
    queryKey: ['console', 'domain-records', domain],
    queryFn: () => api.get<DomainRecords>(`/console/domains/${encodeURIComponent(domain ?? '')}/records`),
    enabled: domain !== undefined,
  });
  return (
    <Drawer
      open={domain !== undefined}
      size={720}
      title={t('title', { domain: domain ?? '' })}
      onClose={onClose}
      destroyOnHidden
    >
      {domain !== undefined && (
        <Loaded query={records}>{(data) => <Guide key={data.domain} data={data} />}</Loaded>
      )}
    </Drawer>
  );
}

function Guide({ data }: { data: DomainRecords }) {
  const t = useTexts(guideTexts);
  const { message } = App.useApp();
  const check = useMutation({
    mutationFn: () => api.post<DomainCheck>(`/console/domains/${encodeURIComponent(data.domain)}/check`),
    onError: (error) => message.error(messageOf(error)),
  });
  const { mutate } = check;
  // What is set already shows without asking.
  useEffect(() => mutate(), [mutate]);
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    message.success(t('copied'));
  };
  const findings = check.data?.findings;
  const open = findings?.filter(
    (finding, index) => data.records[index]?.required && finding.state !== 'ok' && finding.state !== 'weak',
  ).length;
  return (
    <div className="domain-guide">
      <p>{t('about')}</p>
      <div className="domain-guide-actions">
        <Button type="primary" loading={check.isPending} onClick={() => check.mutate()}>
          {t('check')}
        </Button>
        <Button icon={<CopyOutlined />} onClick={() => void copy(data.zone)}>
          {t('copyZone')}
        </Button>
      </div>
      {open !== undefined && (
        <Alert
          showIcon
          type={open === 0 ? 'success' : 'warning'}
          title={open === 0 ? t('allRight') : t('notYet', { count: open })}
        />
      )}
      {!data.records.some((record) => record.purpose === 'dkim') && (
        <Alert type="info" showIcon title={t('noKeys')} />
      )}
      <ul>
        {data.records.map((record, index) => (
          <RecordLine
            key={`${record.type} ${record.name} ${record.value}`}
            record={record}
            finding={findings?.[index]}
            onCopy={copy}
          />
        ))}
      </ul>
      <h3>{t('registrars')}</h3>
      <Collapse
        items={REGISTRARS.map((key) => ({ key, label: t(key), children: <p>{t(`${key}Steps`)}</p> }))}
      />
    </div>
  );
}

function RecordLine({
  record,
  finding,
  onCopy,
}: {
  record: WantedRecord;
  finding: DomainCheck['findings'][number] | undefined;
  onCopy: (text: string) => Promise<void>;
}) {
  const t = useTexts(guideTexts);
  const wrong = finding && finding.state !== 'ok' && finding.found.length > 0;
  return (
    <li>
      <div className="domain-guide-head">
        <strong>{record.type}</strong>
        <span className="domain-guide-name">{record.name}</span>
        <span className="quiet">{record.required ? t('required') : t('recommended')}</span>
        {finding && <StatusTag tone={TONES[finding.state]}>{t(finding.state)}</StatusTag>}
      </div>
      <div className="domain-guide-value">
        <code>
          {record.value === '' ? t('ownAddress') : record.value}
          {record.priority === undefined ? '' : ` · ${t('priority', { priority: record.priority })}`}
        </code>
        {record.value !== '' && (
          <Button
            type="text"
            size="small"
            icon={<CopyOutlined />}
            aria-label={`${t('copy')} ${record.type} ${record.name}`}
            onClick={() => void onCopy(record.value)}
          />
        )}
      </div>
      {wrong && <div className="quiet">{t('foundNow', { found: finding.found.join('; ') })}</div>}
    </li>
  );
}
