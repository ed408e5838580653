import { DownOutlined, UpOutlined } from '@ant-design/icons';
import type { Message } from '@hongyan/contract';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Segmented } from 'antd';
import { useState } from 'react';
import { api, list, messageOf } from '../kit/api.ts';
import { useCounts } from '../kit/live.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { usePhone } from '../kit/screen.ts';
import { Empty, Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';
import { friendlyTime, fullTime } from '../kit/time.ts';
import { texts } from './texts.ts';
import './messages.css';

export function MessagesPage() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  usePageTitle(t('title'));
  const client = useQueryClient();
  const phone = usePhone();
  const counts = useCounts();
  const { message: toast } = App.useApp();
  const [unreadOnly, setUnreadOnly] = useState(false);
  const [openId, setOpenId] = useState<string>();
  const messages = useInfiniteQuery({
    queryKey: ['messages', unreadOnly],
    queryFn: ({ pageParam }) =>
      list<Message>('/messages', { unread: unreadOnly || undefined, after: pageParam, limit: 50 }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });
  const read = useMutation({
    mutationFn: (ids: string[] | 'all') => api.post('/messages/read', { ids }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['messages'] });
      void client.invalidateQueries({ queryKey: ['counts'] });
    },
    onError: (error) => toast.error(messageOf(error)),
  });
  const items = messages.data?.pages.flatMap((page) => page.items) ?? [];
  const at = items.findIndex((one) => one.id === openId);
  const open = (one: Message | undefined) => {
    if (!one) return;
    setOpenId(one.id);
    // In 'unread only' a message must not vanish while it is being read.
    if (!one.read && !unreadOnly) read.mutate([one.id]);
    else if (!one.read) void api.post('/messages/read', { ids: [one.id] }).catch(() => undefined);
  };
  const shown = items[at];

  return (
    <div className="page messages">
      <div className="page-head">
        <h1>{t('title')}</h1>
        <Segmented
          value={unreadOnly ? 'unread' : 'all'}
          options={[
            { value: 'all', label: t('all') },
            {
              value: 'unread',
              label: counts.messages > 0 ? `${t('unread')} ${counts.messages}` : t('unread'),
            },
          ]}
          onChange={(value) => setUnreadOnly(value === 'unread')}
        />
        <div className="page-actions">
          <Button
            disabled={counts.messages === 0}
            loading={read.isPending}
            onClick={() => read.mutate('all')}
          >
            {t('markAll')}
          </Button>
        </div>
      </div>
      <Loaded query={messages} rows={10}>
        {() =>
          items.length === 0 ? (
            <div className="card">
              <Empty
                title={t(unreadOnly ? 'emptyUnread' : 'empty')}
                more={t(unreadOnly ? 'emptyUnreadMore' : 'emptyMore')}
              />
            </div>
          ) : (
            <div className="messages-panes">
              {(!phone || !shown) && (
                <ul className="card messages-list" aria-label={t('list')}>
                  {items.map((one) => (
                    <li key={one.id}>
                      <button
                        type="button"
                        data-unread={!one.read || undefined}
                        data-open={one.id === openId || undefined}
                        onClick={() => open(one)}
                      >
                        <span className="messages-title">
                          {!one.read && <span className="task-dot" role="img" aria-label={t('unread')} />}
                          {one.title}
                        </span>
                        <time dateTime={one.time}>{friendlyTime(one.time)}</time>
                        <span className="messages-preview">{one.text}</span>
                      </button>
                    </li>
                  ))}
                  {messages.hasNextPage && (
                    <li className="load-more">
                      <Button
                        type="link"
                        loading={messages.isFetchingNextPage}
                        onClick={() => void messages.fetchNextPage()}
                      >
                        {tc('loadMore')}
                      </Button>
                    </li>
                  )}
                </ul>
              )}
              {shown ? (
                <Reading
                  message={shown}
                  previous={at > 0 ? () => open(items[at - 1]) : undefined}
                  next={at < items.length - 1 ? () => open(items[at + 1]) : undefined}
                  close={() => setOpenId(undefined)}
                />
              ) : (
                !phone && (
                  <section className="card messages-reading">
                    <Empty title={t('choose')} />
                  </section>
                )
              )}
            </div>
          )
        }
      </Loaded>
    </div>
  );
}

function Reading({
  message,
  previous,
  next,
  close,
}: {
  message: Message;
  previous: (() => void) | undefined;
  next: (() => void) | undefined;
  close: () => void;
}) {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const navigate = useNavigate();
  const phone = usePhone();
  const { link } = message;
  const follow = () => {
    if (!link) return;
    if (link.startsWith('/') && !link.startsWith('//')) void navigate({ href: link });
    else open(link, '_blank', 'noopener,noreferrer');
  };
  return (
    <article className="card messages-reading">
      <h2>{message.title}</h2>
      <time className="quiet" dateTime={message.time}>
        {fullTime(message.time)}
      </time>
      <p className="messages-text">{message.text}</p>
      {link && (
        <Button type="primary" onClick={follow}>
          {t('open')}
        </Button>
      )}
      <div className="messages-steps">
        {phone && <Button onClick={close}>{tc('back')}</Button>}
        <Button icon={<UpOutlined />} disabled={!previous} onClick={previous}>
          {t('previous')}
        </Button>
        <Button icon={<DownOutlined />} disabled={!next} onClick={next}>
          {t('next')}
        </Button>
      </div>
    </article>
  );
}
