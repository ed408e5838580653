import {
  Closed,
  CreateList,
  DeleteList,
  Done,
  ListAct,
  ListContact,
  ListQuery,
  MailList,
  MailListDetail,
  NumericId,
  PageQuery,
  pageOf,
  ResumeAddress,
  Text,
  UpdateList,
} from '@hongyan/contract';
import Type from 'typebox';
import { type Routes, requireActor } from '../kit/http/index.ts';
import type { Lists } from './lists.service.ts';

const ById = Closed({ id: NumericId });

export function listRoutes(http: Routes, lists: Lists): void {
  http.get(
    '/api/v1/lists',
    { schema: { querystring: ListQuery, response: { 200: pageOf(MailList) } } },
    (request) => lists.list(requireActor(request), request.query),
  );
  http.post('/api/v1/lists', { schema: { body: CreateList, response: { 200: MailListDetail } } }, (request) =>
    lists.create(requireActor(request), request.body),
  );
  http.get('/api/v1/lists/:id', { schema: { params: ById, response: { 200: MailListDetail } } }, (request) =>
    lists.get(requireActor(request), request.params.id),
  );
  http.patch(
    '/api/v1/lists/:id',
    { schema: { params: ById, body: UpdateList, response: { 200: MailListDetail } } },
    (request) => lists.update(requireActor(request), request.params.id, request.body),
  );
  http.delete(
    '/api/v1/lists/:id',
    { schema: { params: ById, querystring: DeleteList, response: { 200: Done } } },
    async (request) => {
      await lists.remove(requireActor(request), request.params.id, request.query.confirm ?? '');
      return { ok: true } as const;
    },
  );
  http.post(
    '/api/v1/lists/:id/:act',
    { schema: { params: Closed({ id: NumericId, act: ListAct }), response: { 200: MailListDetail } } },
    (request) =>
      lists.setDisabled(requireActor(request), request.params.id, request.params.act === 'disable'),
  );
  http.post(
    '/api/v1/lists/:id/resume',
    { schema: { params: ById, body: ResumeAddress, response: { 200: MailListDetail } } },
    (request) => lists.resume(requireActor(request), request.params.id, request.body.address),
  );
  http.get(
    '/api/v1/directory/lists',
    {
      schema: {
        querystring: Closed({ ...PageQuery, search: Type.Optional(Text(60)) }),
        response: { 200: pageOf(ListContact) },
      },
    },
    (request) => lists.contacts(requireActor(request), request.query),
  );
}
