import { commonErrors } from '../../kit/errors/index.ts';
import type { Routes } from '../../kit/http/index.ts';

export function ownPolicyRoutes(http: Routes, find: (host: string) => Promise<string | undefined>): void {
  http.get('/.well-known/mta-sts.txt', { schema: { hide: true } }, async (request, reply) => {
    const policy = await find(request.hostname);
    if (policy === undefined) throw commonErrors.not_found();
    return reply.type('text/plain; charset=utf-8').send(policy);
  });
}
