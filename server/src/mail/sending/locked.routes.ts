import { Closed, Done, LockedSenderList, NumericId } from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { LockedSenders } from './locked.service.ts';

export function lockedSenderRoutes(http: Routes, senders: LockedSenders): void {
  http.get('/api/v1/console/locked-senders', { schema: { response: { 200: LockedSenderList } } }, (request) =>
    senders.list(requireActor(request)),
  );
  http.post(
    '/api/v1/console/locked-senders/:id/unlock',
    { schema: { params: Closed({ id: NumericId }), response: { 200: Done } } },
    async (request) => {
      await senders.unlock(requireActor(request), request.params.id);
      return { ok: true } as const;
    },
  );
}
