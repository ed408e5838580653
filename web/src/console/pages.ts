import { useInfiniteQuery } from '@tanstack/react-query';
import { list, type Query } from '../kit/api.ts';

/** A long list of the console, page after page. */
export function usePages<T>(path: string, query: Query) {
  return useInfiniteQuery({
    queryKey: ['console', path, query],
    queryFn: ({ pageParam }) => list<T>(path, { ...query, after: pageParam, limit: 50 }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: (previous) => previous,
  });
}
