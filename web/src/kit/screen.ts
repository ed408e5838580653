import { useSyncExternalStore } from 'react';

function useMedia(query: string): boolean {
  const media = matchMedia(query);
  return useSyncExternalStore(
    (listener) => {
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

export const usePhone = (): boolean => useMedia('(max-width: 767px)');
/** The person's system asks for no motion. */
export const useStill = (): boolean => useMedia('(prefers-reduced-motion: reduce)');
/** The frame with a top bar and columns. */
export const useWide = (): boolean => useMedia('(min-width: 992px)');
