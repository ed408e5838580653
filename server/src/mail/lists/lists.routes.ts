import { Closed, DecideHeld, Done, HeldMessage, NumericId } from '@hongyan/contract';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { AppError, errorText } from '../../kit/errors/index.ts';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import { say } from '../../kit/i18n/index.ts';
import type { Moderation } from './moderation.service.ts';
import { heldPage, leavePage, messagePage, PAGE_POLICY } from './pages.ts';

const ByToken = Closed({ token: Type.String({ maxLength: 120 }) });
const act = Type.Union([Type.Literal('release'), Type.Literal('reject')]);

export function mailListRoutes(http: Routes, moderation: Moderation): void {
  http.get('/api/v1/lists/held', { schema: { response: { 200: Type.Array(HeldMessage) } } }, (request) =>
    moderation.waiting(requireActor(request)),
  );
  http.post(
    '/api/v1/lists/held/:id/:act',
    {
      schema: {
        params: Closed({ id: NumericId, act }),
        body: DecideHeld,
        response: { 200: Done },
      },
    },
    async (request) => {
      const { id, act: decision } = request.params;
      await moderation.decide(requireActor(request), id, decision, request.body.reason);
      return { ok: true } as const;
    },
  );
  void http.register(async (links) => linkRoutes(links, moderation));
}

/** Behind links in mail: the token is the right. What forms and mail providers send as a body says nothing more. */
function linkRoutes(http: Routes, moderation: Moderation): void {
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 10_000 }, (_request, _body, done) =>
    done(null, undefined),
  );
  http.get(
    '/api/v1/lists/leave/:token',
    { schema: { params: ByToken, hide: true } },
    async (request, reply) => {
      const { locale } = request;
      const list = await moderation.leaving(request.params.token);
      if (!list) return show(reply, 404, messagePage(locale, errorText('mail_list.bad_link', locale, {})));
      if (!list.allowed)
        return show(reply, 403, messagePage(locale, errorText('mail_list.not_leavable', locale, {})));
      return show(reply, 200, leavePage(locale, list));
    },
  );
  http.post(
    '/api/v1/lists/leave/:token',
    { schema: { params: ByToken, hide: true } },
    async (request, reply) => {
      const { locale } = request;
      try {
        await moderation.leave(request.params.token);
      } catch (error) {
        return explain(reply, error, request.locale);
      }
      return show(
        reply,
        200,
        messagePage(locale, say({ zh: '已退订', en: 'You have left the list' }, locale)),
      );
    },
  );
  http.get(
    '/api/v1/lists/moderate/:token',
    { schema: { params: ByToken, hide: true } },
    async (request, reply) => {
      const { locale } = request;
      const found = await moderation.byLink(request.params.token);
      if (!found) return show(reply, 404, messagePage(locale, errorText('mail_list.bad_link', locale, {})));
      return show(reply, 200, heldPage(locale, found.held, found.act, found.open));
    },
  );
  http.post(
    '/api/v1/lists/moderate/:token',
    { schema: { params: ByToken, hide: true } },
    async (request, reply) => {
      const { locale } = request;
      try {
        const decided = await moderation.decideByLink(request.params.token);
        const text =
          decided === 'release'
            ? say({ zh: '已放行，邮件正在发送', en: 'Released; the message is on its way' }, locale)
            : say({ zh: '已拒绝，发件人会收到通知', en: 'Rejected; its sender is told' }, locale);
        return show(reply, 200, messagePage(locale, text));
      } catch (error) {
        return explain(reply, error, request.locale);
      }
    },
  );
}

function explain(reply: FastifyReply, error: unknown, locale: 'zh-CN' | 'en'): FastifyReply {
  if (!(error instanceof AppError)) throw error;
  return show(reply, error.status, messagePage(locale, errorText(error.code, locale, error.params)));
}

function show(reply: FastifyReply, status: number, html: string): FastifyReply {
  return (
    reply
      .status(status)
      .header('content-security-policy', PAGE_POLICY)
      .header('cache-control', 'no-store')
      // With no referrer at all a browser sends `Origin: null` with the form, which is nobody's.
      .header('referrer-policy', 'same-origin')
      .type('text/html; charset=utf-8')
      .send(html)
  );
}
