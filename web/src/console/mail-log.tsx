import type { MailDirection, MailLife, MailLogItem, MailLogState } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Drawer, Input, Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api } from '../kit/api.ts';
import { DataTable } from '../kit/data-table.tsx';
import { Empty, Loaded } from '../kit/states.tsx';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { fullTime, size } from '../kit/time.ts';
import { Life } from '../mail-log/life.tsx';
import { logTexts } from '../mail-log/texts.ts';
import { toneOf } from '../mail-log/tones.ts';
import { More } from './more.tsx';
import { usePages } from './pages.ts';

const STATES: MailLogState[] = [
  'delivered',
  'relayed',
  'waiting',
  'failed',
  'expired',
  'cancelled',
  'refused',
];
const DIRECTIONS: MailDirection[] = ['in', 'out', 'local', 'system'];

/** 邮件收发记录: every message in and out, and the whole life of each. */
export default function MailLog() {
  const t = useTexts(logTexts);
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim());
  const [state, setState] = useState<MailLogState>();
  const [direction, setDirection] = useState<MailDirection>();
  const [from, setFrom] = useState<string>();
  const [to, setTo] = useState<string>();
  const [open, setOpen] = useState<string>();
  const log = usePages<MailLogItem>('/console/mail-log', { search, state, direction, from, to });
  return (
    <>
      <div className="filters">
        <Input.Search
          allowClear
          className="filter-words"
          placeholder={t('search')}
          aria-label={t('search')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <Select
          allowClear
          className="filter-choice"
          placeholder={t('anyState')}
          aria-label={t('state')}
          value={state}
          onChange={setState}
          options={STATES.map((value) => ({ value, label: t(value) }))}
        />
        <Select
          allowClear
          className="filter-choice"
          placeholder={t('anyDirection')}
          aria-label={t('direction')}
          value={direction}
          onChange={setDirection}
          options={DIRECTIONS.map((value) => ({ value, label: t(value) }))}
        />
        <DatePicker
          placeholder={t('since')}
          aria-label={t('since')}
          onChange={(date) => setFrom(date?.format('YYYY-MM-DD'))}
        />
        <DatePicker
          placeholder={t('until')}
          aria-label={t('until')}
          onChange={(date) => setTo(date?.format('YYYY-MM-DD'))}
        />
      </div>
      <Loaded query={log}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty title={t('empty')} more={t('emptyMore')} />;
          return (
            <>
              <DataTable<MailLogItem>
                rows={items}
                keyOf={(row) => `${row.state}${row.id}`}
                columns={[
                  {
                    key: 'at',
                    title: t('time'),
                    render: (row) => <span className="one-line">{fullTime(row.at)}</span>,
                  },
                  {
                    key: 'subject',
                    title: t('subject'),
                    render: (row) =>
                      row.ref === undefined ? (
                        row.reply
                      ) : (
                        <Button type="link" size="small" onClick={() => setOpen(row.ref)}>
                          {row.subject || t('noSubject')}
                        </Button>
                      ),
                  },
                  { key: 'sender', title: t('sender'), render: (row) => row.sender || t('nobody') },
                  { key: 'recipient', title: t('recipient'), render: (row) => row.recipient },
                  { key: 'direction', title: t('direction'), render: (row) => t(row.direction) },
                  {
                    key: 'state',
                    title: t('state'),
                    render: (row) => <StatusTag tone={toneOf(row.state)}>{t(row.state)}</StatusTag>,
                  },
                  {
                    key: 'size',
                    title: t('size'),
                    render: (row) => (row.size === undefined ? '' : size(row.size)),
                  },
                ]}
              />
              <More pages={log} />
            </>
          );
        }}
      </Loaded>
      <LifeDrawer target={open} onOpen={setOpen} />
    </>
  );
}

function LifeDrawer({
  target,
  onOpen,
}: {
  target: string | undefined;
  onOpen: (ref: string | undefined) => void;
}) {
  const t = useTexts(logTexts);
  const life = useQuery({
    queryKey: ['console', 'mail-life', target],
    queryFn: () => api.get<MailLife>(`/console/mail-log/${target ?? ''}`),
    enabled: target !== undefined,
  });
  return (
    <Drawer
      open={target !== undefined}
      size={520}
      title={t('life')}
      onClose={() => onOpen(undefined)}
      destroyOnHidden
    >
      {target !== undefined && <Loaded query={life}>{(data) => <Life life={data} onOpen={onOpen} />}</Loaded>}
    </Drawer>
  );
}
