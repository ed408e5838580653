import {
  Closed,
  DeletedMailPage,
  DeletedMailQuery,
  NumericId,
  RestoredMail,
  RestoreMail,
} from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { MailRestore } from './restore.service.ts';

const ById = Closed({ id: NumericId });

export function mailRestoreRoutes(http: Routes, restore: MailRestore): void {
  http.get(
    '/api/v1/mail/accounts/:id/deleted',
    { schema: { params: ById, querystring: DeletedMailQuery, response: { 200: DeletedMailPage } } },
    (request) => restore.list(requireActor(request), request.params.id, request.query),
  );
  http.post(
    '/api/v1/mail/accounts/:id/restore',
    { schema: { params: ById, body: RestoreMail, response: { 200: RestoredMail } } },
    async (request) => ({
      restored: await restore.restore(requireActor(request), request.params.id, request.body.ids),
    }),
  );
}
