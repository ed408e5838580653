import { InboxOutlined, ReloadOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { ApiError, messageOf } from './api.ts';
import { useTexts } from './texts.ts';
import { common } from './texts-common.ts';
import './states.css';

/** Nothing here yet, and what one can do about it. */
export function Empty({
  title,
  more,
  action,
  icon,
  page = false,
}: {
  title: string;
  more?: string;
  action?: ReactNode;
  icon?: ReactNode;
  /** It is all that the page says: its title is the heading of the page. */
  page?: boolean;
}) {
  const Title = page ? 'h1' : 'p';
  return (
    <div className="empty">
      <span className="empty-icon" aria-hidden="true">
        {icon ?? <InboxOutlined />}
      </span>
      <Title className="empty-title">{title}</Title>
      {more && <p className="empty-more">{more}</p>}
      {action}
    </div>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useTexts(common);
  // What is not there, or not for the reader, will not come by asking again: the way on is home.
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) {
    return (
      <Empty
        page
        title={error.status === 404 ? t('notFound') : messageOf(error)}
        more={error.status === 404 ? t('notFoundMore') : undefined}
        action={
          <Link to="/hall">
            <Button type="primary">{t('home')}</Button>
          </Link>
        }
      />
    );
  }
  return (
    <div className="empty" role="alert">
      <p className="empty-title">{t('failed')}</p>
      <p className="empty-more">{messageOf(error)}</p>
      {retry && (
        <Button icon={<ReloadOutlined />} onClick={retry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}

interface Loadable<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** The three faces of a query: skeleton, error with retry, content. */
export function Loaded<T>({
  query,
  rows = 5,
  skeleton,
  children,
}: {
  query: Loadable<T>;
  rows?: number;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return skeleton ?? <Skeleton active className="loading" title={false} paragraph={{ rows }} />;
}
