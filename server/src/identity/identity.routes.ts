import {
  Account,
  Captcha,
  ChangePassword,
  Closed,
  CreateAccount,
  Done,
  Me,
  NumericId,
  PasswordCheck,
  PasswordCheckResult,
  PasswordPolicy,
  SessionInfo,
  SetPassword,
  Setup,
  SignIn,
  SignInRecord,
  SignInResult,
  Site,
  UpdateMe,
  Uuid,
} from '@hongyan/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { errorText } from '../kit/errors/index.ts';
import { type Routes, requireActor } from '../kit/http/index.ts';
import type { Identity } from './index.ts';
import { policyRules } from './password.policy.ts';

const done = { ok: true } as const;

export interface CookieSettings {
  name: () => string;
  secure: () => boolean;
}

export function identityRoutes(http: Routes, identity: Identity, cookie: CookieSettings): void {
  sessionRoutes(http, identity, cookie);
  personalRoutes(http, identity);

  http.get('/api/v1/site', { schema: { response: { 200: Site } } }, () => identity.setup.site());
  http.post(
    '/api/v1/setup',
    { schema: { body: Setup, response: { 200: Done } }, config: strict },
    async (request) => {
      await identity.setup.setUp(request.body, request.ip);
      return done;
    },
  );
  http.post('/api/v1/accounts', { schema: { body: CreateAccount, response: { 200: Account } } }, (request) =>
    identity.passwords.createAccount(requireActor(request), request.body),
  );
  http.put(
    '/api/v1/accounts/:id/password',
    { schema: { params: Closed({ id: NumericId }), body: SetPassword, response: { 200: Done } } },
    async (request) => {
      await identity.passwords.reset(requireActor(request), request.params.id, request.body.password);
      return done;
    },
  );
}

/** Doors for strangers: far fewer tries than the rest of the API. */
const strict = { rateLimit: { max: 30, timeWindow: 60_000 } };

function sessionRoutes(http: Routes, identity: Identity, cookie: CookieSettings): void {
  http.get(
    '/api/v1/captcha',
    { schema: { response: { 200: Captcha } }, config: { rateLimit: { max: 60, timeWindow: 60_000 } } },
    () => identity.signIns.captcha(),
  );
  http.post(
    '/api/v1/session',
    { schema: { body: SignIn, response: { 200: SignInResult } }, config: strict },
    async (request, reply) => {
      const { token, accountId, next } = await identity.signIns.signIn(request.body, visitor(request));
      setCookie(reply, cookie, token);
      if (next.length > 0) return { next };
      return { account: await identity.me(accountId) };
    },
  );
  http.get('/api/v1/session', { schema: { response: { 200: Me } } }, (request) =>
    identity.me(requireActor(request).accountId),
  );
  http.delete('/api/v1/session', { schema: { response: { 200: Done } } }, async (request, reply) => {
    const actor = requireActor(request);
    if (actor.sessionId !== undefined) await identity.sessions.end(actor, actor.sessionId);
    void reply.clearCookie(cookie.name(), { path: '/', secure: cookie.secure() });
    return done;
  });
}

function personalRoutes(http: Routes, { passwords, sessions, updateMe }: Identity): void {
  http.get('/api/v1/password-policy', { schema: { response: { 200: PasswordPolicy } } }, (request) => {
    const { minLength, maxLength, classes } = passwords.policy;
    const rules = policyRules(passwords.policy).map(({ code, params }) => ({
      code,
      text: errorText(code, request.locale, params),
    }));
    return { minLength, maxLength, classes, rules };
  });
  http.post(
    '/api/v1/password-check',
    { schema: { body: PasswordCheck, response: { 200: PasswordCheckResult } } },
    (request) => ({
      failed: passwords.judge(request.body.password, request.body.account).map((rule) => rule.code),
    }),
  );
  http.put(
    '/api/v1/me/password',
    { schema: { body: ChangePassword, response: { 200: Done } }, config: strict },
    async (request) => {
      const actor = requireActor(request);
      const version = await passwords.change(actor, request.body);
      if (actor.sessionId !== undefined) await sessions.carryOver(actor.sessionId, version);
      return done;
    },
  );
  http.patch('/api/v1/me', { schema: { body: UpdateMe, response: { 200: Me } } }, (request) =>
    updateMe(requireActor(request), request.body),
  );
  http.get('/api/v1/me/sessions', { schema: { response: { 200: Type.Array(SessionInfo) } } }, (request) =>
    sessions.list(requireActor(request)),
  );
  http.delete('/api/v1/me/sessions', { schema: { response: { 200: Done } } }, async (request) => {
    await sessions.endOthers(requireActor(request));
    return done;
  });
  http.delete(
    '/api/v1/me/sessions/:id',
    { schema: { params: Closed({ id: Uuid }), response: { 200: Done } } },
    async (request) => {
      await sessions.end(requireActor(request), request.params.id);
      return done;
    },
  );
  http.get('/api/v1/me/sign-ins', { schema: { response: { 200: Type.Array(SignInRecord) } } }, (request) =>
    sessions.history(requireActor(request)),
  );
}

function visitor(request: FastifyRequest) {
  return { address: request.ip, device: (request.headers['user-agent'] ?? '').slice(0, 200) };
}

function setCookie(reply: FastifyReply, cookie: CookieSettings, token: string): void {
  void reply.setCookie(cookie.name(), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: cookie.secure(),
    maxAge: 14 * 86_400,
  });
}
