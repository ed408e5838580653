import {
  ApplicationPreview,
  Applied,
  Apply,
  BatchDecision,
  BatchResult,
  CasePage,
  Closed,
  Decision,
  Done,
  FailedAction,
  HallHome,
  PreviewApplication,
  pageOf,
  Resend,
  RetryAction,
  SaveDraft,
  ServiceCard,
  ServiceKey,
  ServicePage,
  ServiceQuery,
  SkipAction,
  TaskCounts,
  TaskItem,
  TaskPage,
  TaskQuery,
  Uuid,
  Withdraw,
} from '@hongyan/contract';
import Type from 'typebox';
import { requireInstitutionWide } from '../directory/index.ts';
import { type Routes, requireActor } from '../kit/http/index.ts';
import { attachmentRoutes } from './attachments.routes.ts';
import type { Hall } from './index.ts';

const done = { ok: true } as const;
const ByKey = Closed({ key: ServiceKey });
const ById = Closed({ id: Uuid });

export function hallRoutes(http: Routes, hall: Hall): void {
  catalogueRoutes(http, hall);
  caseRoutes(http, hall);
  taskRoutes(http, hall);
  failedActionRoutes(http, hall);
  attachmentRoutes(http, hall.context);
}

function catalogueRoutes(http: Routes, { catalogue, applications, home }: Hall): void {
  http.get('/api/v1/hall/home', { schema: { response: { 200: HallHome } } }, (request) =>
    home(requireActor(request)),
  );
  http.get(
    '/api/v1/hall/services',
    { schema: { querystring: ServiceQuery, response: { 200: Type.Array(ServiceCard) } } },
    (request) => catalogue.list(requireActor(request), request.query.search),
  );
  http.get(
    '/api/v1/hall/services/:key',
    { schema: { params: ByKey, response: { 200: ServicePage } } },
    (request) => catalogue.page(requireActor(request), request.params.key),
  );
  http.put(
    '/api/v1/hall/services/:key/favourite',
    { schema: { params: ByKey, response: { 200: Done } } },
    async (request) => {
      await catalogue.setFavourite(requireActor(request), request.params.key, true);
      return done;
    },
  );
  http.delete(
    '/api/v1/hall/services/:key/favourite',
    { schema: { params: ByKey, response: { 200: Done } } },
    async (request) => {
      await catalogue.setFavourite(requireActor(request), request.params.key, false);
      return done;
    },
  );
  http.put(
    '/api/v1/hall/services/:key/draft',
    { schema: { params: ByKey, body: SaveDraft, response: { 200: Done } } },
    async (request) => {
      await applications.saveDraft(requireActor(request), request.params.key, request.body.values);
      return done;
    },
  );
  http.delete(
    '/api/v1/hall/services/:key/draft',
    { schema: { params: ByKey, response: { 200: Done } } },
    async (request) => {
      await applications.deleteDraft(requireActor(request), request.params.key);
      return done;
    },
  );
  http.post(
    '/api/v1/hall/services/:key/preview',
    { schema: { params: ByKey, body: PreviewApplication, response: { 200: ApplicationPreview } } },
    (request) => applications.preview(requireActor(request), request.params.key, request.body.values),
  );
  http.post(
    '/api/v1/hall/services/:key/applications',
    { schema: { params: ByKey, body: Apply, response: { 200: Applied } } },
    (request) => applications.apply(requireActor(request), request.params.key, request.body),
  );
}

function caseRoutes(http: Routes, { applications, tasks }: Hall): void {
  http.get('/api/v1/cases/:id', { schema: { params: ById, response: { 200: CasePage } } }, (request) =>
    tasks.case(requireActor(request), request.params.id),
  );
  http.post(
    '/api/v1/cases/:id/withdraw',
    { schema: { params: ById, body: Withdraw, response: { 200: Done } } },
    async (request) => {
      await applications.withdraw(requireActor(request), request.params.id, request.body.comment);
      return done;
    },
  );
  http.post(
    '/api/v1/cases/:id/urge',
    { schema: { params: ById, response: { 200: Done } } },
    async (request) => {
      await applications.urge(requireActor(request), request.params.id);
      return done;
    },
  );
  http.put(
    '/api/v1/cases/:id/values',
    { schema: { params: ById, body: Resend, response: { 200: Done } } },
    async (request) => {
      await applications.resend(requireActor(request), request.params.id, request.body.values);
      return done;
    },
  );
}

function taskRoutes(http: Routes, { applications, tasks }: Hall): void {
  http.get(
    '/api/v1/tasks',
    { schema: { querystring: TaskQuery, response: { 200: pageOf(TaskItem) } } },
    (request) => tasks.list(requireActor(request), request.query),
  );
  http.get('/api/v1/tasks/counts', { schema: { response: { 200: TaskCounts } } }, (request) =>
    tasks.counts(requireActor(request)),
  );
  http.get('/api/v1/tasks/:id', { schema: { params: ById, response: { 200: TaskPage } } }, (request) =>
    tasks.task(requireActor(request), request.params.id),
  );
  http.post(
    '/api/v1/tasks/:id/decision',
    { schema: { params: ById, body: Decision, response: { 200: Done } } },
    async (request) => {
      await applications.decide(requireActor(request), request.params.id, request.body);
      return done;
    },
  );
  http.post(
    '/api/v1/tasks/approve',
    { schema: { body: BatchDecision, response: { 200: BatchResult } } },
    (request) => tasks.approveBatch(requireActor(request), request.body.taskIds, request.body.comment),
  );
}

function failedActionRoutes(http: Routes, { applications, tasks, context }: Hall): void {
  http.get(
    '/api/v1/console/failed-actions',
    { schema: { response: { 200: Type.Array(FailedAction) } } },
    (request) => tasks.failedActions(requireActor(request)),
  );
  http.post(
    '/api/v1/console/failed-actions/:id/retry',
    { schema: { params: ById, body: RetryAction, response: { 200: Done } } },
    async (request) => {
      const actor = requireActor(request);
      requireInstitutionWide(await context.directory.authority(actor));
      await applications.retryAction(actor, request.params.id, request.body.values);
      return done;
    },
  );
  http.post(
    '/api/v1/console/failed-actions/:id/skip',
    { schema: { params: ById, body: SkipAction, response: { 200: Done } } },
    async (request) => {
      const actor = requireActor(request);
      requireInstitutionWide(await context.directory.authority(actor));
      await applications.skipAction(actor, request.params.id, request.body.reason);
      return done;
    },
  );
}
