import { useLocation } from '@tanstack/react-router';
import { useCounts } from '../../kit/live.ts';
import { useMay } from '../../kit/session.ts';
import { useTexts } from '../../kit/texts.ts';
import { texts } from '../texts.ts';
import { inHall } from './hall-tabs.tsx';

export interface Section {
  to: '/hall' | '/mail' | '/messages' | '/directory' | '/console';
  label: string;
  active: boolean;
  count: number;
}

/** The sections that this person may use. */
export function useSections(): Section[] {
  const t = useTexts(texts);
  const { pathname } = useLocation();
  const counts = useCounts();
  const console = useMay('console');
  const at = (prefix: string) => pathname === prefix || pathname.startsWith(`${prefix}/`);
  const sections: Section[] = [
    { to: '/hall', label: t('hall'), active: inHall(pathname), count: counts.todo },
    { to: '/mail', label: t('mail'), active: at('/mail'), count: counts.mail },
    { to: '/messages', label: t('messages'), active: at('/messages'), count: 0 },
    { to: '/directory', label: t('directory'), active: at('/directory'), count: 0 },
  ];
  if (console) sections.push({ to: '/console', label: t('console'), active: at('/console'), count: 0 });
  return sections;
}
