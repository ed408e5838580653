import {
  Account,
  AccountAct,
  AccountQuery,
  AddAlias,
  AddDomain,
  Administrator,
  AppointAdministrator,
  AuditEntry,
  AuditQuery,
  AuditVerification,
  Closed,
  Contact,
  ContactQuery,
  CreateUnit,
  Domain,
  Done,
  MoveUnit,
  NameCheck,
  NumericId,
  pageOf,
  SetMembers,
  Unit,
  UnitMailbox,
  UnitQuery,
  UpdateAccount,
  UpdateDomain,
  UpdateUnit,
} from '@hongyan/contract';
import Type from 'typebox';
import { type Audit, auditLabel } from '../audit/index.ts';
import { type Routes, requireActor } from '../kit/http/index.ts';
import { decodeCursor, encodeCursor } from '../kit/text/index.ts';
import { requireAdministrator, requireInstitutionWide, scopeOf } from './administrators.policy.ts';
import type { Directory } from './index.ts';
import { listRoutes } from './lists.routes.ts';

const ById = Closed({ id: NumericId });
const done = { ok: true } as const;

export function directoryRoutes(http: Routes, directory: Directory, audit: Audit): void {
  unitRoutes(http, directory);
  accountRoutes(http, directory);
  administrationRoutes(http, directory);
  auditRoutes(http, directory, audit);
  listRoutes(http, directory.lists);

  http.get(
    '/api/v1/directory/people',
    { schema: { querystring: ContactQuery, response: { 200: pageOf(Contact) } } },
    (request) => directory.contacts.list(requireActor(request), request.query),
  );
  http.get(
    '/api/v1/directory/units',
    {
      schema: {
        querystring: Closed({ parent: Type.Optional(NumericId) }),
        response: { 200: Type.Array(Unit) },
      },
    },
    (request) => directory.contacts.units(requireActor(request), request.query.parent),
  );
}

function unitRoutes(http: Routes, { units }: Directory): void {
  http.get(
    '/api/v1/units',
    { schema: { querystring: UnitQuery, response: { 200: Type.Array(Unit) } } },
    (request) => units.list(requireActor(request), request.query),
  );
  http.post('/api/v1/units', { schema: { body: CreateUnit, response: { 200: Unit } } }, (request) =>
    units.create(requireActor(request), request.body),
  );
  http.patch(
    '/api/v1/units/:id',
    { schema: { params: ById, body: UpdateUnit, response: { 200: Unit } } },
    (request) => units.update(requireActor(request), request.params.id, request.body),
  );
  http.delete('/api/v1/units/:id', { schema: { params: ById, response: { 200: Done } } }, async (request) => {
    await units.remove(requireActor(request), request.params.id);
    return done;
  });
  http.post(
    '/api/v1/units/:id/move',
    { schema: { params: ById, body: MoveUnit, response: { 200: Done } } },
    async (request) => {
      await units.move(requireActor(request), request.params.id, request.body);
      return done;
    },
  );
}

function accountRoutes(http: Routes, { accounts }: Directory): void {
  http.get(
    '/api/v1/accounts',
    { schema: { querystring: AccountQuery, response: { 200: pageOf(Account) } } },
    (request) => accounts.list(requireActor(request), request.query),
  );
  http.get('/api/v1/accounts/:id', { schema: { params: ById, response: { 200: Account } } }, (request) =>
    accounts.get(requireActor(request), request.params.id),
  );
  http.patch(
    '/api/v1/accounts/:id',
    { schema: { params: ById, body: UpdateAccount, response: { 200: Account } } },
    (request) => accounts.update(requireActor(request), request.params.id, request.body),
  );
  http.delete('/api/v1/accounts/:id', { schema: { params: ById, response: { 200: Account } } }, (request) =>
    accounts.changeLife(requireActor(request), request.params.id, 'delete'),
  );
  http.post(
    '/api/v1/accounts/:id/:act',
    { schema: { params: Closed({ id: NumericId, act: AccountAct }), response: { 200: Account } } },
    (request) => accounts.changeLife(requireActor(request), request.params.id, request.params.act),
  );
  http.post(
    '/api/v1/accounts/:id/aliases',
    { schema: { params: ById, body: AddAlias, response: { 200: Account } } },
    async (request) =>
      (await accounts.addAlias(requireActor(request), request.params.id, request.body.alias)).account,
  );
  http.delete(
    '/api/v1/accounts/:id/aliases/:alias',
    {
      schema: {
        params: Closed({ id: NumericId, alias: Type.String({ maxLength: 64 }) }),
        response: { 200: Account },
      },
    },
    (request) => accounts.deleteAlias(requireActor(request), request.params.id, request.params.alias),
  );
  http.post(
    '/api/v1/accounts/:id/reveal-phone',
    { schema: { params: ById, response: { 200: Type.Object({ phone: Type.String() }) } } },
    async (request) => ({ phone: await accounts.revealPhone(requireActor(request), request.params.id) }),
  );
  http.get(
    '/api/v1/names/:name',
    { schema: { params: Closed({ name: Type.String({ maxLength: 64 }) }), response: { 200: NameCheck } } },
    (request) => accounts.checkName(requireActor(request), request.params.name),
  );
}

function administrationRoutes(http: Routes, { administrators, institution, unitMailboxes }: Directory): void {
  http.get(
    '/api/v1/administrators',
    { schema: { response: { 200: Type.Array(Administrator) } } },
    (request) => administrators.list(requireActor(request)),
  );
  http.post(
    '/api/v1/administrators',
    { schema: { body: AppointAdministrator, response: { 200: Administrator } } },
    (request) => administrators.appoint(requireActor(request), request.body),
  );
  http.delete(
    '/api/v1/administrators/:id',
    { schema: { params: ById, response: { 200: Done } } },
    async (request) => {
      await administrators.revoke(requireActor(request), request.params.id);
      return done;
    },
  );
  http.get('/api/v1/domains', { schema: { response: { 200: Type.Array(Domain) } } }, (request) =>
    institution.domains(requireActor(request)),
  );
  http.post('/api/v1/domains', { schema: { body: AddDomain, response: { 200: Domain } } }, (request) =>
    institution.addDomain(requireActor(request), request.body.name),
  );
  http.patch(
    '/api/v1/domains/:name',
    {
      schema: {
        params: Closed({ name: Type.String({ maxLength: 253 }) }),
        body: UpdateDomain,
        response: { 200: Domain },
      },
    },
    (request) => institution.updateDomain(requireActor(request), request.params.name, request.body),
  );
  http.get('/api/v1/unit-mailboxes', { schema: { response: { 200: Type.Array(UnitMailbox) } } }, (request) =>
    unitMailboxes.list(requireActor(request)),
  );
  http.get(
    '/api/v1/me/unit-mailboxes',
    { schema: { response: { 200: Type.Array(UnitMailbox) } } },
    (request) => unitMailboxes.listOwn(requireActor(request)),
  );
  http.put(
    '/api/v1/unit-mailboxes/:id/members',
    { schema: { params: ById, body: SetMembers, response: { 200: UnitMailbox } } },
    (request) => unitMailboxes.setMembers(requireActor(request), request.params.id, request.body.memberIds),
  );
}

/** The audit module knows no administrators; who may read it is the directory's to say. */
function auditRoutes(http: Routes, directory: Directory, audit: Audit): void {
  http.get(
    '/api/v1/audit',
    { schema: { querystring: AuditQuery, response: { 200: pageOf(AuditEntry) } } },
    async (request) => {
      const actor = requireActor(request);
      const authority = await directory.authority(actor);
      requireAdministrator(authority);
      const limit = request.query.limit ?? 50;
      const rows = await audit.list(directory.db, {
        search: request.query.search?.trim() || undefined,
        unitIds: scopeOf(authority),
        beforeId: decodeCursor(request.query.after)?.id,
        limit: limit + 1,
      });
      const last = rows[limit - 1];
      return {
        items: rows.slice(0, limit).map((row) => ({
          id: row.id,
          time: row.at.toISOString(),
          actor: row.actor,
          address: row.address,
          action: row.action,
          label: auditLabel(row.action, actor.locale),
          target: row.target,
          ...(row.before === null ? {} : { before: JSON.parse(row.before) as unknown }),
          ...(row.after === null ? {} : { after: JSON.parse(row.after) as unknown }),
        })),
        ...(rows.length > limit && last ? { next: encodeCursor('', last.id) } : {}),
      };
    },
  );
  http.post(
    '/api/v1/audit/verification',
    { schema: { response: { 200: AuditVerification } } },
    async (request) => {
      requireInstitutionWide(await directory.authority(requireActor(request)));
      return audit.verify();
    },
  );
}
