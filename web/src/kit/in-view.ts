import { type RefObject, useEffect } from 'react';

/** In a strip that scrolls sideways the place where one is must be in sight, e.g. after a reload. */
export function useCurrentInView(strip: RefObject<HTMLElement | null>, current: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place, another scroll
  useEffect(() => {
    const here = strip.current?.querySelector<HTMLElement>('[data-active]');
    if (!strip.current || !here) return;
    strip.current.scrollLeft = here.offsetLeft - (strip.current.clientWidth - here.offsetWidth) / 2;
  }, [strip, current]);
}
