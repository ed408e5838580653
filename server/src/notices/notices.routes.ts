import { Closed, Notice, NumericId, PageQuery, pageOf, Text } from '@hongyan/contract';
import Type from 'typebox';
import { type Routes, requireActor } from '../kit/http/index.ts';
import type { Notices } from './notices.service.ts';

export function noticeRoutes(http: Routes, notices: Notices): void {
  http.get(
    '/api/v1/hall/notices',
    {
      schema: {
        querystring: Closed({ ...PageQuery, category: Type.Optional(Text(40)) }),
        response: { 200: pageOf(Notice) },
      },
    },
    (request) => {
      requireActor(request);
      return notices.list(request.query);
    },
  );
  http.get(
    '/api/v1/hall/notices/:id',
    { schema: { params: Closed({ id: NumericId }), response: { 200: Notice } } },
    (request) => {
      requireActor(request);
      return notices.get(request.params.id);
    },
  );
}
