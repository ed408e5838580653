import type { Notice } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { Loaded } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { fullTime } from '../kit/time.ts';
import { texts } from './texts.ts';
import './notice.css';

export function NoticePage() {
  const t = useTexts(texts);
  const { id } = useParams({ from: '/hall/notices/$id' });
  const notice = useQuery({
    queryKey: ['hall', 'notice', id],
    queryFn: () => api.get<Notice>(`/hall/notices/${encodeURIComponent(id)}`),
  });
  usePageTitle(notice.data?.title ?? t('notice'));
  return (
    <div className="page page-narrow">
      <Loaded query={notice} rows={10}>
        {(data) => (
          <article className="card notice">
            <h1>{data.title}</h1>
            <p className="quiet">
              {data.category} · {data.unit} · <time dateTime={data.time}>{fullTime(data.time)}</time>
            </p>
            <div className="notice-body">{data.body}</div>
          </article>
        )}
      </Loaded>
    </div>
  );
}
