import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { ApiError } from '../kit/api.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { Empty, Failed } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { common } from '../kit/texts-common.ts';

export function NotFound() {
  const t = useTexts(common);
  usePageTitle(t('notFound'));
  return (
    <Empty
      page
      title={t('notFound')}
      more={t('notFoundMore')}
      action={
        <Link to="/hall">
          <Button type="primary">{t('home')}</Button>
        </Link>
      }
    />
  );
}

/** The page broke or the server did not answer when it opened. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const t = useTexts(common);
  if (error instanceof ApiError) return <Failed error={error} retry={reset} />;
  return (
    <Empty
      page
      title={t('broken')}
      more={t('brokenMore')}
      action={
        <Button type="primary" onClick={() => location.reload()}>
          {t('reload')}
        </Button>
      }
    />
  );
}
