import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { commonErrors } from '../errors/index.ts';
import { negotiate } from '../i18n/index.ts';
import type { Logger } from '../log/index.ts';
import type { Actor } from './actor.ts';
import { createErrorHandler } from './problems.ts';

export interface HttpOptions {
  log: Logger;
  /** Origins that a browser of ours may send; known only once the port is. */
  origins: () => readonly string[];
  trustProxy: string[];
  /** Identity's answer to who sends this request. `cookie` tells that a browser sent it by itself. */
  authenticate: (request: FastifyRequest) => Promise<{ actor: Actor; cookie: boolean } | undefined>;
  cookieName: () => string;
  secure: () => boolean;
  limitsOnLoopback: boolean;
  version: string;
}

export type HttpServer = FastifyInstance;
/** What a module's `routes` function gets: the server with typed schemas. */
export type Routes = ReturnType<typeof typed>;

/** Bodies of the API are small; uploads have routes of their own with limits of their own. */
const BODY_LIMIT = 1_048_576;
const UPLOAD_LIMIT = 26_214_400;
/** A person clicking fast stays far below; a script does not. */
const REQUESTS_PER_MINUTE = 1_200;

function typed(server: FastifyInstance) {
  return server.withTypeProvider<TypeBoxTypeProvider>();
}

export async function createHttp(options: HttpOptions): Promise<Routes> {
  const onError = createErrorHandler(options.log);
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: options.trustProxy.length > 0 ? options.trustProxy : false,
    genReqId: () => randomBytes(8).toString('hex'),
    forceCloseConnections: 'idle',
    // Addresses that no route can be looked up for never reach a hook.
    frameworkErrors(error, request, reply) {
      request.locale = negotiate(request.headers['accept-language']);
      onError(error, request, reply);
    },
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
  });
  useValidators(server);
  server.setErrorHandler(onError);

  await server.register(cookie);
  await server.register(helmet, {
    contentSecurityPolicy: false,
    hsts: false,
    crossOriginEmbedderPolicy: false,
  });
  await server.register(multipart, {
    limits: { fileSize: UPLOAD_LIMIT, files: 1, fields: 10, fieldSize: 10_000 },
  });
  await server.register(rateLimit, {
    max: REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    allowList: (request) => !options.limitsOnLoopback && isLoopbackAddress(request.ip),
  });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Hongyan', version: options.version, description: 'HTTP API of Hongyan (鸿雁)' },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: options.cookieName() } },
      },
    },
  });

  server.decorateRequest('actor', undefined);
  server.decorateRequest('locale', 'zh-CN');
  server.addHook('onRequest', async (request, reply) => {
    request.locale = negotiate(request.headers['accept-language']);
    void reply.header('content-security-policy', API_POLICY);
    if (options.secure()) void reply.header('strict-transport-security', 'max-age=31536000');
    checkForeignOrigin(request, options.origins());
    const found = await options.authenticate(request);
    if (!found) return;
    request.actor = found.actor;
    request.locale = found.actor.locale;
    if (found.cookie) checkOwnOrigin(request, options.origins());
  });
  return typed(server);
}

/** Answers of the API are data: nothing in them may run or be framed. Pages set their own policy. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

function changesState(request: FastifyRequest): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS';
}

/** Also without a cookie: a foreign page must not sign a visitor in as somebody else (login CSRF). */
function checkForeignOrigin(request: FastifyRequest, origins: readonly string[]): void {
  const origin = request.headers.origin;
  if (changesState(request) && origin !== undefined && !origins.includes(origin))
    throw commonErrors.bad_origin();
}

function checkOwnOrigin(request: FastifyRequest, origins: readonly string[]): void {
  if (!changesState(request)) return;
  if (request.headers.origin === undefined || !origins.includes(request.headers.origin))
    throw commonErrors.bad_origin();
}

/** Bodies are taken as typed; query strings and parameters are text, so numbers in them are read as numbers. */
function useValidators(server: FastifyInstance): void {
  const strict = new Ajv({ allErrors: true, strict: false, useDefaults: true, coerceTypes: false });
  const lenient = new Ajv({ allErrors: true, strict: false, useDefaults: true, coerceTypes: true });
  addFormats.default(strict);
  addFormats.default(lenient);
  server.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? strict : lenient).compile(schema),
  );
}
