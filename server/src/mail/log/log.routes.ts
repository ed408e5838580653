import { Closed, MailLife, MailLogItem, MailLogQuery, pageOf, Text } from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { MailLog } from './log.service.ts';

const ByRef = Closed({ ref: Text(40, 1) });

export function mailLogRoutes(http: Routes, log: MailLog): void {
  http.get(
    '/api/v1/console/mail-log',
    { schema: { querystring: MailLogQuery, response: { 200: pageOf(MailLogItem) } } },
    (request) => log.list(requireActor(request), request.query),
  );
  http.get(
    '/api/v1/console/mail-log/:ref',
    { schema: { params: ByRef, response: { 200: MailLife } } },
    (request) => log.life(requireActor(request), request.params.ref),
  );
  http.get('/api/v1/mail/life/:ref', { schema: { params: ByRef, response: { 200: MailLife } } }, (request) =>
    log.ownLife(requireActor(request), request.params.ref),
  );
}
