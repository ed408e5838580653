import { Closed, DkimKeys, Done, NumericId, PlanDkim } from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { DkimConsole } from './console.service.ts';

const ById = Closed({ id: NumericId });
const done = { ok: true } as const;

export function dkimRoutes(http: Routes, console: DkimConsole): void {
  http.get('/api/v1/console/dkim', { schema: { response: { 200: DkimKeys } } }, (request) =>
    console.list(requireActor(request)),
  );
  http.post(
    '/api/v1/console/dkim',
    { schema: { body: PlanDkim, response: { 200: Done } } },
    async (request) => {
      await console.plan(requireActor(request), request.body.domain.toLowerCase());
      return done;
    },
  );
  http.post(
    '/api/v1/console/dkim/:id/activate',
    { schema: { params: ById, response: { 200: Done } } },
    async (request) => {
      await console.activate(requireActor(request), request.params.id);
      return done;
    },
  );
  http.delete(
    '/api/v1/console/dkim/:id',
    { schema: { params: ById, response: { 200: Done } } },
    async (request) => {
      await console.retire(requireActor(request), request.params.id);
      return done;
    },
  );
}
