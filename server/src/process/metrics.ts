import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Db } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Routes } from '../kit/http/index.ts';
import type { Jobs } from '../kit/jobs/index.ts';
import { serverVersion } from './instance.store.ts';

/** /healthz (the process lives), /readyz (it can serve), /metrics (loopback or bearer token). */
export function operationRoutes(
  http: Routes,
  options: { db: Db; jobs: Jobs; metricsToken: string | undefined; ready: () => boolean },
): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'hongyan_http_request_seconds',
    help: 'Time to answer HTTP requests',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'hongyan_jobs_pending',
    help: 'Background jobs waiting or running',
    registers: [registry],
    async collect() {
      this.set(await options.jobs.pending().catch(() => Number.NaN));
    },
  });
  http.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    duration.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1_000,
    );
  });

  const hidden = { schema: { hide: true }, config: { rateLimit: false } };
  http.get('/healthz', hidden, () => ({ status: 'ok' }));
  http.get('/readyz', hidden, async (_request, reply) => {
    const reachable = await serverVersion(options.db).then(
      () => true,
      () => false,
    );
    if (!reachable || !options.ready()) return reply.status(503).send({ status: 'unavailable' });
    return { status: 'ready' };
  });
  http.get('/metrics', hidden, async (request, reply) => {
    const bearer =
      options.metricsToken !== undefined &&
      request.headers.authorization === `Bearer ${options.metricsToken}`;
    if (!bearer && !/^(::1$|(::ffff:)?127\.)/.test(request.socket.remoteAddress ?? ''))
      throw commonErrors.forbidden();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
