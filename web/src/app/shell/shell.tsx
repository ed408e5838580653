import type { Site } from '@hongyan/contract';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api } from '../../kit/api.ts';
import { useLiveEvents } from '../../kit/live.ts';
import { onOpenSearch } from '../../kit/open-search.ts';
import { usePhone } from '../../kit/screen.ts';
import { useTexts } from '../../kit/texts.ts';
import { common } from '../../kit/texts-common.ts';
import { texts } from '../texts.ts';
import { BottomBar } from './bottom-bar.tsx';
import { HallTabs, inHall, isHallRoot } from './hall-tabs.tsx';
import { PhoneHeader } from './phone-header.tsx';
import { SearchDialog } from './search.tsx';
import { TopBar } from './top-bar.tsx';
import './shell.css';

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const change = () => setOnline(navigator.onLine);
    addEventListener('online', change);
    addEventListener('offline', change);
    return () => {
      removeEventListener('online', change);
      removeEventListener('offline', change);
    };
  }, []);
  return online;
}

export function Shell() {
  const t = useTexts(texts);
  const tc = useTexts(common);
  const phone = usePhone();
  const online = useOnline();
  const { pathname } = useLocation();
  const [searching, setSearching] = useState(false);
  const { data: site } = useQuery({
    queryKey: ['site'],
    queryFn: () => api.get<Site>('/site'),
    staleTime: 60 * 60_000,
  });
  useLiveEvents();

  const institution = site?.institution ?? '';
  useEffect(() => {
    document.documentElement.dataset.institution = institution || t('product');
  }, [institution, t]);

  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setSearching(true);
      }
    };
    addEventListener('keydown', open);
    const stop = onOpenSearch(() => setSearching(true));
    return () => {
      removeEventListener('keydown', open);
      stop();
    };
  }, []);

  return (
    <div className="shell" data-phone={phone || undefined}>
      <a className="shell-skip" href="#content">
        {t('skip')}
      </a>
      {phone ? (
        <PhoneHeader search={() => setSearching(true)} />
      ) : (
        <TopBar institution={institution} search={() => setSearching(true)} />
      )}
      {inHall(pathname) && (!phone || isHallRoot(pathname)) && <HallTabs />}
      {!online && (
        <div className="shell-offline" role="status">
          {tc('offline')}
        </div>
      )}
      <main id="content" className="shell-main" tabIndex={-1}>
        <Outlet />
      </main>
      {phone && <BottomBar />}
      {searching && <SearchDialog close={() => setSearching(false)} />}
    </div>
  );
}
