import type { DkimKey, DkimKeys } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Typography } from 'antd';
import { api, messageOf } from '../../kit/api.ts';
import { Loaded } from '../../kit/states.tsx';
import { StatusTag } from '../../kit/tag.tsx';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { day } from '../../kit/time.ts';
import { trustTexts } from './texts.ts';
import './trust.css';

/** 域名签名: the keys of each domain, with the records to publish. */
export default function Dkim() {
  const keys = useQuery({
    queryKey: ['console', 'dkim'],
    queryFn: () => api.get<DkimKeys>('/console/dkim'),
  });
  return (
    <Loaded query={keys}>
      {(data) => (
        <div className="dkim">
          {data.domains.map((domain) => (
            <DomainKeys
              key={domain}
              domain={domain}
              keys={data.keys.filter((key) => key.domain === domain && key.state !== 'retired')}
            />
          ))}
        </div>
      )}
    </Loaded>
  );
}

function DomainKeys({ domain, keys }: { domain: string; keys: DkimKey[] }) {
  const t = useTexts(trustTexts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const plan = useMutation({
    mutationFn: () => api.post('/console/dkim', { domain }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['console', 'dkim'] }),
    onError: (error) => message.error(messageOf(error)),
  });
  const planned = keys.some((key) => key.state === 'planned');
  return (
    <section className="card">
      <header>
        <h2>{domain}</h2>
        {!planned && (
          <Button loading={plan.isPending} onClick={() => plan.mutate()}>
            {t('makeKeys')}
          </Button>
        )}
      </header>
      {keys.length === 0 ? (
        <p className="quiet">
          {t('noKeys')}。{t('noKeysMore')}
        </p>
      ) : (
        planned && <p className="quiet">{t('makeKeysMore')}</p>
      )}
      {keys.map((key) => (
        <Key key={key.id} record={key} />
      ))}
    </section>
  );
}

const TONES = { planned: 'warn', active: 'good', retiring: 'info', retired: 'info' } as const;

function Key({ record }: { record: DkimKey }) {
  const t = useTexts(trustTexts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const act = useMutation({
    mutationFn: (what: 'activate' | 'retire') =>
      what === 'activate'
        ? api.post(`/console/dkim/${record.id}/activate`)
        : api.delete(`/console/dkim/${record.id}`),
    onSuccess: (_, what) => {
      message.success(what === 'activate' ? t('activated') : tc('done'));
      void client.invalidateQueries({ queryKey: ['console', 'dkim'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const retire = () =>
    modal.confirm({
      title: t('retireAsk'),
      content: t('retireMore'),
      okText: t('retire'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => act.mutateAsync('retire').catch(() => undefined),
    });
  return (
    <div className="dkim-key">
      <div className="dkim-line">
        <strong>{t(record.algorithm)}</strong>
        <StatusTag tone={TONES[record.state]}>{t(record.state)}</StatusTag>
        <span className="quiet">{t('since', { day: day(record.stateAt) })}</span>
        <span className="dkim-actions">
          {record.state === 'planned' && (
            <Button size="small" loading={act.isPending} onClick={() => act.mutate('activate')}>
              {t('check')}
            </Button>
          )}
          <Button size="small" type="link" danger onClick={retire}>
            {t('retire')}
          </Button>
        </span>
      </div>
      {record.state !== 'retiring' && (
        <dl className="held">
          <dt>{t('recordName')}</dt>
          <dd>
            <Typography.Text copyable>{record.recordName}</Typography.Text>
          </dd>
          <dt>{t('recordText')}</dt>
          <dd className="dkim-text">
            <Typography.Text copyable>{record.recordText}</Typography.Text>
          </dd>
        </dl>
      )}
    </div>
  );
}
