import { useEffect, useSyncExternalStore } from 'react';

let title = '';
const listeners = new Set<() => void>();

/** Names the page in the browser's tab and in the phone's header. */
export function usePageTitle(next: string): void {
  useEffect(() => {
    title = next;
    const site = document.documentElement.dataset.institution;
    document.title = [next, site].filter(Boolean).join(' · ');
    for (const listener of listeners) listener();
  }, [next]);
}

export function useCurrentTitle(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => title,
  );
}
