import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, type Routes, requireActor } from '../../kit/http/index.ts';
import { openBlob } from './blobs.ts';
import { accountsOf, type JmapAccount, type JmapDeps } from './context.ts';
import { processRequest } from './dispatch.ts';
import { contentDisposition, safeType } from './download.ts';
import { RequestError } from './errors.ts';
import { eventSource } from './event-source.ts';
import { createGate } from './gate.ts';
import { blobIdText } from './ids.ts';
import { CORE_LIMITS } from './limits.ts';
import { sessionObject } from './session.ts';
import { insertUpload } from './uploads.store.ts';

export interface JmapOptions extends JmapDeps {
  /** Public origin, e.g. `https://mail.example.edu.cn`. */
  origin: () => string;
}

/** JMAP Core and Mail over HTTP (RFC 8620, RFC 8621). */
export function jmapRoutes(routes: Routes, options: JmapOptions): void {
  const requests = createGate(CORE_LIMITS.maxConcurrentRequests);
  const uploads = createGate(CORE_LIMITS.maxConcurrentUpload);

  void routes.register(async (scope) => {
    // Bodies are read by the handlers: an upload as a stream, a request as text whose JSON errors are JMAP's own.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer', bodyLimit: CORE_LIMITS.maxSizeRequest },
      (_request, body, done) => done(null, body),
    );
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.addHook('onRequest', askForPassword);

    const session = async (request: FastifyRequest, reply: FastifyReply) => {
      const actor = requireActor(request);
      const accounts = await accountsOf(options, actor.accountId);
      const own = accounts.find((account) => account.scope.accountId === actor.accountId);
      void reply.header('cache-control', 'no-cache, no-store, must-revalidate');
      return sessionObject(own?.mail.address ?? actor.name, accounts, options.origin());
    };
    scope.get('/.well-known/jmap', { schema: { hide: true } }, session);
    scope.get('/jmap/session', { schema: { hide: true } }, session);

    scope.post(
      '/jmap/api',
      { schema: { hide: true }, bodyLimit: CORE_LIMITS.maxSizeRequest },
      async (request, reply) => {
        const actor = requireActor(request);
        return requests.run(
          String(actor.accountId),
          () => api(options, actor, request, reply),
          () =>
            problem(reply, new RequestError('limit', 'Too many requests at a time', 'maxConcurrentRequests')),
        );
      },
    );

    scope.post<{ Params: { accountId: string } }>(
      '/jmap/upload/:accountId',
      { schema: { hide: true }, bodyLimit: CORE_LIMITS.maxSizeUpload },
      async (request, reply) => {
        const actor = requireActor(request);
        const account = await findAccount(options, actor, request.params.accountId);
        if (!account) return notFound(reply);
        return uploads.run(
          String(actor.accountId),
          () => upload(options, account, request, reply),
          () =>
            problem(reply, new RequestError('limit', 'Too many uploads at a time', 'maxConcurrentUpload')),
        );
      },
    );

    scope.get<{
      Params: { accountId: string; blobId: string; name: string };
      Querystring: { accept?: string };
    }>('/jmap/download/:accountId/:blobId/:name', { schema: { hide: true } }, async (request, reply) => {
      const account = await findAccount(options, requireActor(request), request.params.accountId);
      const blob = account && (await openBlob(options, account.scope, request.params.blobId));
      if (!blob) return notFound(reply);
      const type = safeType(request.query.accept ?? blob.type);
      void reply
        .header('content-type', type)
        .header('content-disposition', contentDisposition(request.params.name, type))
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
        .header('cache-control', 'private, immutable, max-age=31536000');
      if (blob.size !== undefined) void reply.header('content-length', blob.size);
      return reply.send(Readable.from(blob.read(), { objectMode: false }));
    });

    scope.get<{ Querystring: { types?: string; closeafter?: string; ping?: string } }>(
      '/jmap/eventsource',
      { schema: { hide: true } },
      async (request, reply) => {
        const actor = requireActor(request);
        await eventSource(options, await accountsOf(options, actor.accountId), request, reply);
        return reply;
      },
    );
  });
}

async function api(options: JmapOptions, actor: Actor, request: FastifyRequest, reply: FastifyReply) {
  try {
    const body = parse(request.body);
    const person = { id: actor.accountId, remoteAddress: request.ip };
    const accounts = await accountsOf(options, actor.accountId);
    const own = accounts.find((account) => account.scope.accountId === actor.accountId);
    const { state } = sessionObject(own?.mail.address ?? actor.name, accounts, options.origin());
    void reply.header('cache-control', 'no-store');
    return { ...(await processRequest(options, person, body)), sessionState: state };
  } catch (error) {
    if (error instanceof RequestError) return problem(reply, error);
    throw error;
  }
}

function parse(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) throw new RequestError('notJSON', 'The content type must be application/json');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new RequestError('notJSON', 'The request is not JSON');
  }
}

async function upload(
  options: JmapOptions,
  account: JmapAccount,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > CORE_LIMITS.maxSizeUpload) return tooLarge(reply);
  const writer = options.blobs.writer();
  try {
    const source = Buffer.isBuffer(request.body) ? [request.body] : request.raw;
    for await (const chunk of source) {
      if (writer.size + chunk.length > CORE_LIMITS.maxSizeUpload) {
        await writer.abort();
        return tooLarge(reply);
      }
      await writer.write(chunk);
    }
    const { hash, size } = await writer.finish();
    await insertUpload(options.db, {
      accountId: account.scope.accountId,
      hash,
      size,
      at: options.clock.now(),
    });
    const blobId = blobIdText({ kind: 'upload', hash: hash.toString('hex') });
    const type = request.headers['content-type'] ?? 'application/octet-stream';
    return await reply.status(201).send({ accountId: account.id, blobId, type, size });
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function findAccount(options: JmapOptions, actor: Actor, id: string): Promise<JmapAccount | undefined> {
  return (await accountsOf(options, actor.accountId)).find((account) => account.id === id);
}

/** Mail programs need the challenge to send their password; a browser would only pop up a dialog. */
async function askForPassword(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.actor || request.headers['sec-fetch-site'] !== undefined) return;
  void reply.header('www-authenticate', 'Basic realm="Hongyan", charset="UTF-8"');
}

function problem(reply: FastifyReply, error: RequestError) {
  void reply.status(error.status).type('application/problem+json');
  const { type, status, limit } = error;
  return reply.send(
    JSON.stringify({ type, status, detail: error.message, ...(limit === undefined ? {} : { limit }) }),
  );
}

function notFound(reply: FastifyReply) {
  void reply.status(404).type('application/problem+json');
  return reply.send(JSON.stringify({ type: 'about:blank', status: 404, detail: 'Not found' }));
}

function tooLarge(reply: FastifyReply) {
  // The rest of the body is not read, so the connection cannot be used again.
  void reply.header('connection', 'close');
  return problem(
    reply.status(413),
    Object.assign(new RequestError('limit', 'File too large', 'maxSizeUpload'), { status: 413 }),
  );
}
