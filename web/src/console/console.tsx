import type { Site } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Skeleton } from 'antd';
import { Suspense, useRef } from 'react';
import { api } from '../kit/api.ts';
import { useCurrentInView } from '../kit/in-view.ts';
import { usePageTitle } from '../kit/page-title.ts';
import { useMe } from '../kit/session.ts';
import { Empty } from '../kit/states.tsx';
import { useTexts } from '../kit/texts.ts';
import { sections } from './sections.tsx';
import { texts } from './texts.ts';
import './console.css';

/** 管理后台: only the pages that this administrator may use. */
export function ConsolePage() {
  const t = useTexts(texts);
  const me = useMe();
  const { section: wanted = 'home' } = useParams({ strict: false });
  const { data: site } = useQuery({
    queryKey: ['site'],
    queryFn: () => api.get<Site>('/site'),
    staleTime: 60 * 60_000,
  });
  const open = sections.filter(
    (section) => me.permissions.includes(section.needs) && (!section.sample || site?.sample === true),
  );
  const shown = open.find((section) => section.key === wanted);
  usePageTitle(t(shown?.key ?? 'title'));
  const strip = useRef<HTMLElement>(null);
  useCurrentInView(strip, `${shown?.key} ${open.length}`);
  if (!shown) return <Empty title={t('noRight')} more={t('noRightMore')} />;
  const Page = shown.page;
  return (
    <div className="console">
      <nav ref={strip} className="side console-side" aria-label={t('title')}>
        {open.map((section) => (
          <Link
            key={section.key}
            to="/console/$section"
            params={{ section: section.key }}
            data-active={section.key === shown.key || undefined}
            aria-current={section.key === shown.key ? 'page' : undefined}
          >
            {t(section.key)}
          </Link>
        ))}
      </nav>
      <div className="console-page">
        <div className="page-head">
          <h1>{t(shown.key)}</h1>
        </div>
        <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 8 }} />}>
          <Page />
        </Suspense>
      </div>
    </div>
  );
}
