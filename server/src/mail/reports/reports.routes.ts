import { DmarcOverview, DmarcQuery } from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { DmarcConsole } from './console.service.ts';

export function dmarcRoutes(http: Routes, console: DmarcConsole): void {
  http.get(
    '/api/v1/console/dmarc',
    { schema: { querystring: DmarcQuery, response: { 200: DmarcOverview } } },
    (request) => console.overview(requireActor(request), request.query),
  );
}
