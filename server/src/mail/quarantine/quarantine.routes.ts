import {
  Closed,
  HeldCount,
  HeldIds,
  HeldItem,
  HeldMessageView,
  HeldQuery,
  NumericId,
  pageOf,
  Text,
} from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { QuarantineConsole } from './console.service.ts';
import type { Quarantine } from './quarantine.ts';
import { releasePage } from './release-page.ts';

export function quarantineRoutes(http: Routes, console: QuarantineConsole): void {
  http.get(
    '/api/v1/console/quarantine',
    { schema: { querystring: HeldQuery, response: { 200: pageOf(HeldItem) } } },
    (request) => console.list(requireActor(request), request.query),
  );
  http.get(
    '/api/v1/console/quarantine/:id',
    { schema: { params: Closed({ id: NumericId }), response: { 200: HeldMessageView } } },
    (request) => console.view(requireActor(request), request.params.id),
  );
  http.post(
    '/api/v1/console/quarantine/release',
    { schema: { body: HeldIds, response: { 200: HeldCount } } },
    async (request) => ({ count: await console.release(requireActor(request), request.body.ids) }),
  );
  http.post(
    '/api/v1/console/quarantine/delete',
    { schema: { body: HeldIds, response: { 200: HeldCount } } },
    async (request) => ({ count: await console.remove(requireActor(request), request.body.ids) }),
  );
}

const Link = Closed({ id: NumericId, key: Text(64, 1) });

/**
 * The links of digests: no sign-in, the signed key is the right. Programs that look into links before people do see a
 * page with a button and release nothing.
 */
export function releaseRoutes(http: Routes, quarantine: Quarantine, released: () => void): void {
  http.get(
    '/api/v1/quarantine/:id/:key',
    { schema: { params: Link, hide: true } },
    async (request, reply) => {
      const { id, key } = request.params;
      const row = await quarantine.peek(id, key);
      return reply
        .type('text/html; charset=utf-8')
        .send(
          releasePage(
            row
              ? { kind: 'ask', from: row.author, subject: row.subject, go: `${key}/release` }
              : { kind: 'gone' },
          ),
        );
    },
  );
  http.get(
    '/api/v1/quarantine/:id/:key/release',
    { schema: { params: Link, hide: true } },
    async (request, reply) => {
      const result = await quarantine.releaseByLink(request.params.id, request.params.key);
      if (result === 'released') released();
      return reply
        .type('text/html; charset=utf-8')
        .send(releasePage(result === 'released' ? { kind: 'released' } : { kind: 'gone' }));
    },
  );
}
