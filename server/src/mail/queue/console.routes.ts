import {
  Closed,
  Done,
  NumericId,
  pageOf,
  QueueDestinationList,
  QueueItem,
  QueueQuery,
} from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { QueueConsole } from './console.service.ts';

const ById = Closed({ id: NumericId });
const done = { ok: true } as const;

export function queueRoutes(http: Routes, queue: QueueConsole): void {
  http.get(
    '/api/v1/console/queue',
    { schema: { querystring: QueueQuery, response: { 200: pageOf(QueueItem) } } },
    (request) => queue.list(requireActor(request), request.query),
  );
  http.get(
    '/api/v1/console/queue/destinations',
    { schema: { response: { 200: QueueDestinationList } } },
    (request) => queue.destinations(requireActor(request)),
  );
  http.post(
    '/api/v1/console/queue/:id/retry',
    { schema: { params: ById, response: { 200: Done } } },
    async (request) => {
      await queue.retry(requireActor(request), request.params.id);
      return done;
    },
  );
  for (const act of ['hold', 'release'] as const)
    http.post(
      `/api/v1/console/queue/:id/${act}`,
      { schema: { params: ById, response: { 200: Done } } },
      async (request) => {
        await queue[act](requireActor(request), request.params.id);
        return done;
      },
    );
  http.post(
    '/api/v1/console/queue/:id/bounce',
    { schema: { params: ById, response: { 200: Done } } },
    async (request) => {
      await queue.bounce(requireActor(request), request.params.id);
      return done;
    },
  );
}
