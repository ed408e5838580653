import { PlusOutlined } from '@ant-design/icons';
import type { Domain } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { api, list, messageOf } from '../kit/api.ts';
import { Loaded } from '../kit/states.tsx';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { DomainGuide } from './domain-guide.tsx';
import { texts } from './texts.ts';

export default function Domains() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [adding, setAdding] = useState(false);
  const [name, setName] = useState('');
  const [guide, setGuide] = useState<string>();
  const domains = useQuery({ queryKey: ['domains'], queryFn: () => list<Domain>('/domains') });
  const add = useMutation({
    mutationFn: () => api.post('/domains', { name: name.trim() }),
    onSuccess: () => {
      setAdding(false);
      setName('');
      void client.invalidateQueries({ queryKey: ['domains'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  return (
    <>
      <div className="filters">
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
          {t('addDomain')}
        </Button>
      </div>
      <Loaded query={domains}>
        {({ items }) => (
          <ul className="card lines-plain">
            {items.map((domain) => (
              <li key={domain.name}>
                <strong>{domain.name}</strong>
                {domain.primary && <StatusTag tone="info">{t('primary')}</StatusTag>}
                <span className="quiet">{t('accountCount', { count: domain.accounts })}</span>
                <Button type="link" onClick={() => setGuide(domain.name)}>
                  {t('dnsGuide')}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <DomainGuide domain={guide} onClose={() => setGuide(undefined)} />
      <Modal
        open={adding}
        title={t('addDomain')}
        okText={tc('add')}
        cancelText={tc('cancel')}
        okButtonProps={{ disabled: !name.trim(), loading: add.isPending }}
        onCancel={() => setAdding(false)}
        onOk={() => add.mutate()}
      >
        <Input
          autoCapitalize="none"
          aria-label={t('domain')}
          placeholder={t('domainHint')}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </Modal>
    </>
  );
}
