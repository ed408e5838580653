import type { Me, UpdateMe } from '@hongyan/contract';
import type { FastifyRequest } from 'fastify';
import type { Audit } from '../audit/index.ts';
import { accountChanged, accountPurged, type Directory, permissionsOf } from '../directory/index.ts';
import type { Clock } from '../kit/clock/index.ts';
import type { Box, PasswordHasher } from '../kit/crypto/index.ts';
import { type Db, transaction } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Events, Signals } from '../kit/events/index.ts';
import type { Actor } from '../kit/http/index.ts';
import type { Jobs } from '../kit/jobs/index.ts';
import { type ClientAuth, createClientAuth } from './client-auth.service.ts';
import { deleteAccess, findCredential } from './credentials.store.ts';
import { identityErrors } from './identity.errors.ts';
import { createPasswords, type Passwords } from './passwords.service.ts';
import { createSessions, type Sessions } from './sessions.service.ts';
import { createSetup, type SetupService } from './setup.service.ts';
import { createSignIns, type SignIns } from './sign-in.service.ts';

export type { ClientAuth, ClientSignIn, ClientVerdict } from './client-auth.service.ts';
export { REVOKED } from './client-auth.service.ts';
export { identityErrors } from './identity.errors.ts';
export { type CookieSettings, identityRoutes } from './identity.routes.ts';
export type { Passwords } from './passwords.service.ts';
export { findLastSignIns } from './sessions.store.ts';

export interface IdentityContext {
  db: Db;
  clock: Clock;
  audit: Audit;
  events: Events;
  signals: Signals;
  jobs: Jobs;
  box: Box;
  hasher: PasswordHasher;
  directory: Directory;
  sample: boolean;
  setupCode: string;
  limitsOnLoopback: boolean;
  cookieName: () => string;
}

export interface Identity {
  passwords: Passwords;
  sessions: Sessions;
  signIns: SignIns;
  clients: ClientAuth;
  setup: SetupService;
  me(accountId: number): Promise<Me>;
  updateMe(actor: Actor, input: UpdateMe): Promise<Me>;
  /** Who sends a request: by our cookie, or by HTTP Basic with address and password. */
  authenticate(request: FastifyRequest): Promise<{ actor: Actor; cookie: boolean } | undefined>;
}

/** What somebody whose password must be changed first may still reach. */
const BEFORE_CHANGE = new Set([
  '/api/v1/session',
  '/api/v1/me/password',
  '/api/v1/password-policy',
  '/api/v1/password-check',
  '/api/v1/site',
]);

export function createIdentity(context: IdentityContext): Identity {
  const { db, directory, events, jobs } = context;
  const passwords = createPasswords(context);
  const sessions = createSessions(context);
  const signIns = createSignIns(context);
  const clients = createClientAuth({ ...context, findLogin: signIns.findLogin });
  const setup = createSetup({ ...context, passwords });

  events.subscribe(accountChanged, 'identity', async ({ accountId }) => clients.revoke(accountId));
  events.subscribe(accountPurged, 'identity', ({ accountId }) => deleteAccess(db, accountId));
  jobs.every('identity.clean', '17 * * * *', () => sessions.clean());

  async function me(accountId: number): Promise<Me> {
    const row = await directory.accounts.find(db, accountId);
    if (!row) throw commonErrors.not_signed_in();
    const authority = await directory.authority({ accountId, name: row.local, address: '', locale: 'zh-CN' });
    const credential = await findCredential(db, accountId);
    return {
      id: row.id,
      account: row.local,
      name: row.name,
      address: `${row.local}@${row.domain}`,
      ...(row.number === null ? {} : { number: row.number }),
      ...(row.unit_default ? {} : { unit: { id: row.unit_id, name: row.unit_name, path: row.unit_path } }),
      kind: row.person_kind,
      tier: authority.tier,
      permissions: permissionsOf(authority),
      ...(row.locale === null ? {} : { locale: row.locale }),
      theme: row.theme,
      timeZone: row.time_zone,
      next: credential?.must_change ? ['change_password'] : [],
    };
  }

  return {
    passwords,
    sessions,
    signIns,
    clients,
    setup,
    me,
    async updateMe(actor, input) {
      if (input.timeZone !== undefined && !isTimeZone(input.timeZone)) {
        throw identityErrors.bad_time_zone({}, { field: 'timeZone' });
      }
      await transaction(db, (tx) => directory.accounts.updateOwn(tx, actor.accountId, input));
      return me(actor.accountId);
    },
    async authenticate(request) {
      const token = request.cookies[context.cookieName()];
      if (token !== undefined && token.length <= 100) {
        const session = await sessions.find(token, request.ip);
        if (!session) return undefined;
        const credential = await findCredential(db, session.account_id);
        const path = request.routeOptions.url ?? '';
        if (credential?.must_change && !BEFORE_CHANGE.has(path)) return undefined;
        return {
          cookie: true,
          actor: {
            accountId: session.account_id,
            name: session.local,
            address: request.ip,
            locale: session.locale ?? request.locale,
            sessionId: session.id,
          },
        };
      }
      return basic(request);
    },
  };

  async function basic(request: FastifyRequest): Promise<{ actor: Actor; cookie: boolean } | undefined> {
    const match = /^Basic ([A-Za-z0-9+/=]{1,600})$/.exec(request.headers.authorization ?? '');
    // Only mail data opens with a password alone; the console and the hall want a session.
    if (!match?.[1] || !/^\/(jmap|dav|\.well-known\/jmap)/.test(request.url)) return undefined;
    const text = Buffer.from(match[1], 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon <= 0) return undefined;
    const verdict = await clients.verify({
      name: text.slice(0, colon),
      password: text.slice(colon + 1),
      protocol: 'jmap',
      remoteAddress: request.ip,
      tls: request.protocol === 'https',
    });
    if (!verdict.ok) return undefined;
    const row = await directory.accounts.find(db, verdict.accountId);
    if (!row) return undefined;
    return {
      cookie: false,
      actor: {
        accountId: row.id,
        name: row.local,
        address: request.ip,
        locale: row.locale ?? request.locale,
      },
    };
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
