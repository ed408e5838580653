import type { Counts } from '@hongyan/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from './api.ts';
import { toSignIn } from './session.ts';

const zero: Counts = { todo: 0, messages: 0, mail: 0 };

/** Open tasks, unread messages, unread mail: pushed by the server, asked for every half minute otherwise. */
export function useCounts(): Counts {
  const { data } = useQuery({
    queryKey: ['counts'],
    queryFn: () => api.get<Counts>('/counts'),
    refetchInterval: 30_000,
    staleTime: 10_000,
  });
  return data ?? zero;
}

/** Listens to the server's events as long as the shell is shown. */
export function useLiveEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource('/api/v1/events');
    source.addEventListener('counts', () => {
      void client.invalidateQueries({ queryKey: ['counts'] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      void client.invalidateQueries({ queryKey: ['case'] });
      void client.invalidateQueries({ queryKey: ['messages'] });
      void client.invalidateQueries({ queryKey: ['hall', 'home'] });
    });
    source.addEventListener('session_ended', toSignIn);
    return () => source.close();
  }, [client]);
}
