import type { DeletedMail, DeletedMailPage, RestoredMail } from '@hongyan/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api, messageOf } from '../../kit/api.ts';
import { Empty, Loaded } from '../../kit/states.tsx';
import { useTexts } from '../../kit/texts.ts';
import { friendlyTime, size } from '../../kit/time.ts';
import { restoreTexts } from './restore-texts.ts';

/** 恢复邮件: what was deleted in the last days, and its way back. */
export function RestoreMail({ account }: { account: number }) {
  const t = useTexts(restoreTexts);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim());
  const [offset, setOffset] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const query = new URLSearchParams({ offset: String(offset), ...(search ? { search } : {}) });
  const deleted = useQuery({
    queryKey: ['mail', 'deleted', account, search, offset],
    queryFn: () => api.get<DeletedMailPage>(`/mail/accounts/${account}/deleted?${query}`),
    placeholderData: (before) => before,
  });
  const restore = useMutation({
    mutationFn: () => api.post<RestoredMail>(`/mail/accounts/${account}/restore`, { ids: [...chosen] }),
    onSuccess: ({ restored }) => {
      message.success(t('restored', { count: restored }));
      setChosen(new Set());
      void client.invalidateQueries({ queryKey: ['mail'] });
    },
    onError: (error) => message.error(messageOf(error)),
  });
  const toggle = (id: number) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <Loaded query={deleted} rows={6}>
      {(page) => (
        <div className="own-form">
          <p className="quiet">{t('about', { days: page.days })}</p>
          <div className="filters">
            <Input.Search
              allowClear
              className="filter-words"
              placeholder={t('search')}
              aria-label={t('search')}
              value={words}
              onChange={(event) => {
                setWords(event.target.value);
                setOffset(0);
              }}
            />
            <Button
              type="primary"
              disabled={chosen.size === 0}
              loading={restore.isPending}
              onClick={() => restore.mutate()}
            >
              {chosen.size === 0 ? t('restore') : t('restoreSome', { count: chosen.size })}
            </Button>
          </div>
          {page.items.length === 0 ? (
            <Empty title={t('empty')} />
          ) : (
            <ul className="own-list">
              {page.items.map((item) => (
                <Line key={item.id} item={item} chosen={chosen.has(item.id)} onToggle={toggle} />
              ))}
            </ul>
          )}
          {(offset > 0 || page.more) && (
            <div className="filters">
              <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - 50))}>
                {t('newer')}
              </Button>
              <Button disabled={!page.more} onClick={() => setOffset(offset + 50)}>
                {t('older')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Loaded>
  );
}

function Line({
  item,
  chosen,
  onToggle,
}: {
  item: DeletedMail;
  chosen: boolean;
  onToggle: (id: number) => void;
}) {
  const t = useTexts(restoreTexts);
  return (
    <li>
      <Checkbox
        checked={chosen}
        onChange={() => onToggle(item.id)}
        aria-label={item.subject || t('noSubject')}
      />
      <div className="own-list-text">
        <strong>{item.subject || t('noSubject')}</strong>
        <div className="quiet">
          {[item.from, size(item.size), t('deletedAt', { time: friendlyTime(item.deletedAt) })]
            .filter(Boolean)
            .join(' · ')}
        </div>
      </div>
    </li>
  );
}
