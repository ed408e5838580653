import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { commonErrors } from '../kit/errors/index.ts';
import type { Routes } from '../kit/http/index.ts';

/** Paths of the one-page application; everything else unknown is a real 404. */
const PAGES = ['/hall', '/tasks', '/cases', '/mail', '/messages', '/directory', '/me', '/console'];
const ENTRIES = ['/login', '/setup'];

/** Serves the built web application with a strict content security policy and a style nonce per answer. */
export async function servePages(http: Routes, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    http.setNotFoundHandler(() => {
      throw commonErrors.not_found();
    });
    return;
  }
  const app = readFileSync(join(folder, 'index.html'), 'utf8');
  const login = existsSync(join(folder, 'login.html'))
    ? readFileSync(join(folder, 'login.html'), 'utf8')
    : app;
  await http.register(fastifyStatic, {
    root: folder,
    index: false,
    wildcard: false,
    setHeaders(reply, path) {
      // Names under assets/ carry a hash of the content.
      reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      reply.header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
      );
    },
  });
  const hidden = { schema: { hide: true } };
  http.get('/', hidden, (_request, reply) => reply.redirect('/hall'));
  for (const path of ENTRIES) http.get(path, hidden, (_request, reply) => page(reply, login));
  for (const path of PAGES) {
    http.get(path, hidden, (_request, reply) => page(reply, app));
    http.get(`${path}/*`, hidden, (_request, reply) => page(reply, app));
  }
  http.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage || request.url.startsWith('/api/')) throw commonErrors.not_found();
    return page(reply.status(404), app);
  });
}

function page(reply: FastifyReply, html: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self' blob:",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return reply
    .header('content-security-policy', policy)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html.replaceAll('__CSP_NONCE__', nonce));
}
