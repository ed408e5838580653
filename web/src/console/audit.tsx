import { SafetyCertificateOutlined } from '@ant-design/icons';
import type { AuditEntry, AuditVerification } from '@hongyan/contract';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api, messageOf } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { fullTime, number } from '../kit/time.ts';
import { More } from './more.tsx';
import { usePages } from './pages.ts';
import { texts } from './texts.ts';

const hasMore = (entry: AuditEntry): boolean => entry.before != null || entry.after != null;

/** 管理操作记录: who did what, before and after, from where. */
export default function Audit() {
  const t = useTexts(texts);
  const { message, modal } = App.useApp();
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim());
  const entries = usePages<AuditEntry>('/audit', { search });
  const verify = useMutation({
    mutationFn: () => api.post<AuditVerification>('/audit/verification'),
    onSuccess: (found) => {
      if (found.ok) {
        message.success(
          t('verified', { checked: number(found.checked), unsealed: number(found.unsealed) }),
          6,
        );
      } else modal.error({ title: t('broken', { entry: found.brokenAt ?? '' }) });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <>
      <div className="filters">
        <Input.Search
          allowClear
          className="filter-words"
          placeholder={t('searchAudit')}
          aria-label={t('searchAudit')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <Button
          icon={<SafetyCertificateOutlined />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {t('verify')}
        </Button>
      </div>
      <Loaded query={entries}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty title={t('auditEmpty')} />;
          return (
            <>
              <DataTable<AuditEntry>
                rows={items}
                keyOf={(entry) => entry.id}
                details={(entry) => (hasMore(entry) ? <Change entry={entry} /> : undefined)}
                columns={[
                  { key: 'time', title: t('time'), render: (entry) => fullTime(entry.time) },
                  { key: 'actor', title: t('actor'), render: (entry) => entry.actor },
                  { key: 'action', title: t('action'), render: (entry) => entry.label },
                  { key: 'target', title: t('target'), render: (entry) => entry.target },
                  { key: 'source', title: t('source'), render: (entry) => entry.address },
                ]}
              />
              <More pages={entries} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Change({ entry }: { entry: AuditEntry }) {
  const t = useTexts(texts);
  return (
    <div className="audit-change">
      {(
        [
          ['before', entry.before],
          ['after', entry.after],
        ] as const
      ).map(
        ([key, value]) =>
          value != null && (
            <div key={key}>
              <strong>{t(key)}</strong>
              <pre>{JSON.stringify(value, null, 2)}</pre>
            </div>
          ),
      )}
    </div>
  );
}
