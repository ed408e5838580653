import { Closed, DomainCheck, DomainRecords, Text } from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { DomainGuide } from './domains.service.ts';

const ByName = Closed({ name: Text(253, 1) });

export function domainGuideRoutes(http: Routes, guide: DomainGuide): void {
  http.get(
    '/api/v1/console/domains/:name/records',
    { schema: { params: ByName, response: { 200: DomainRecords } } },
    (request) => guide.records(requireActor(request), request.params.name),
  );
  http.post(
    '/api/v1/console/domains/:name/check',
    { schema: { params: ByName, response: { 200: DomainCheck } } },
    (request) => guide.check(requireActor(request), request.params.name),
  );
}
