import type { Me, Permission } from '@hongyan/contract';
import { queryOptions, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { api } from './api.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => api.get<Me>('/session'),
  staleTime: 5 * 60_000,
  retry: false,
});

/** The signed-in person. The root route has loaded it before any page shows. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export function useMay(permission: Permission): boolean {
  return useMe().permissions.includes(permission);
}

/** To the sign-in page, and back here afterwards. */
export function toSignIn(): void {
  const here = location.pathname + location.search;
  location.assign(`/login?next=${encodeURIComponent(here)}`);
}

export function useSignOut(): () => void {
  const client = useQueryClient();
  return () => {
    void api.delete('/session').finally(() => {
      client.clear();
      location.assign('/login');
    });
  };
}
