import { DesktopOutlined } from '@ant-design/icons';
import type { SessionInfo } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { api, list, messageOf } from '../kit/api.ts';
import { deviceName } from '../kit/device.ts';
import { Loaded } from '../kit/states.tsx';
import { StatusTag } from '../kit/tag.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { friendlyTime } from '../kit/time.ts';
import { texts } from './texts.ts';

export function Sessions() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const client = useQueryClient();
  const { message, modal } = App.useApp();
  const sessions = useQuery({
    queryKey: ['me', 'sessions'],
    queryFn: () => list<SessionInfo>('/me/sessions'),
  });
  const end = useMutation({
    mutationFn: (id?: string) => api.delete(id ? `/me/sessions/${encodeURIComponent(id)}` : '/me/sessions'),
    onSuccess: () => {
      message.success(t('ended'));
      void client.invalidateQueries({ queryKey: ['me', 'sessions'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const endOthers = () =>
    modal.confirm({
      title: t('endOthersAsk'),
      content: t('endOthersMore'),
      okText: t('end'),
      okButtonProps: { danger: true },
      cancelText: tc('cancel'),
      onOk: () => end.mutateAsync(undefined).catch(() => undefined),
    });
  return (
    <Loaded query={sessions}>
      {({ items }) => (
        <section className="card">
          <ul className="devices">
            {items.map((session) => (
              <li key={session.id}>
                <DesktopOutlined />
                <div>
                  <span>
                    {deviceName(session.device)}{' '}
                    {session.current && <StatusTag tone="info">{t('thisDevice')}</StatusTag>}
                  </span>
                  <small className="quiet">
                    {session.address} · {t('seen', { time: friendlyTime(session.seenAt) })}
                  </small>
                </div>
                {!session.current && (
                  <Button size="small" onClick={() => end.mutate(session.id)}>
                    {t('end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
          {items.length > 1 && (
            <Button danger onClick={endOthers}>
              {t('endOthers')}
            </Button>
          )}
        </section>
      )}
    </Loaded>
  );
}
