import { Link, useLocation } from '@tanstack/react-router';
import { useCounts } from '../../kit/live.ts';
import { useTexts } from '../../kit/texts.ts';
import { texts } from '../texts.ts';

export function inHall(pathname: string): boolean {
  return ['/hall', '/tasks', '/cases'].some((p) => pathname === p || pathname.startsWith(`${p}/`));
}

const roots = new Set(['/hall', '/hall/services', '/hall/apps', '/tasks']);
/** On the phone pages deeper down have the header's way back instead of tabs. */
export const isHallRoot = (pathname: string): boolean => roots.has(pathname);

/** The second row of the hall. */
export function HallTabs() {
  const t = useTexts(texts);
  const { pathname } = useLocation();
  const counts = useCounts();
  const tabs = [
    {
      to: '/hall',
      label: t('tabHall'),
      active: pathname === '/hall' || pathname.startsWith('/hall/notices'),
    },
    {
      to: '/hall/services',
      label: t('tabServices'),
      active: pathname.startsWith('/hall/services') || pathname.startsWith('/hall/s/'),
    },
    { to: '/hall/apps', label: t('tabApps'), active: pathname.startsWith('/hall/apps') },
    { to: '/tasks', label: t('tabTasks'), active: /^\/(tasks|cases)/.test(pathname) },
  ] as const;
  return (
    <nav className="hall-tabs" aria-label={t('hall')}>
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          data-active={tab.active || undefined}
          aria-current={tab.active ? 'page' : undefined}
        >
          {tab.label}
          {tab.to === '/tasks' && counts.todo > 0 && <span className="top-count">{counts.todo}</span>}
        </Link>
      ))}
    </nav>
  );
}
