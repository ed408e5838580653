import { ClientServers } from '@hongyan/contract';
import { type Routes, requireActor } from '../../kit/http/index.ts';
import type { Autoconfig } from './autoconfig.service.ts';
import { requestedAddress } from './autodiscover.ts';

const hidden = { schema: { hide: true } };

/** How mail clients find their settings: each also answers without an address. */
export function autoconfigRoutes(http: Routes, autoconfig: Autoconfig): void {
  http.get('/api/v1/mail/client-servers', { schema: { response: { 200: ClientServers } } }, (request) =>
    autoconfig.own(requireActor(request)),
  );
  http.get('/api/v1/mail/mobileconfig', hidden, async (request, reply) => {
    const profile = await autoconfig.profile(requireActor(request));
    return reply
      .type('application/x-apple-aspen-config; charset=utf-8')
      .header('content-disposition', 'attachment; filename="mail.mobileconfig"')
      .send(profile);
  });
  for (const path of ['/mail/config-v1.1.xml', '/.well-known/autoconfig/mail/config-v1.1.xml'])
    http.get(path, hidden, async (_request, reply) =>
      reply.type('text/xml; charset=utf-8').send(await autoconfig.thunderbird()),
    );
  void http.register(async (scope) => {
    // Outlook sends XML under several names, some without any.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 20_000 }, (_request, body, done) =>
      done(null, body),
    );
    for (const path of ['/autodiscover/autodiscover.xml', '/Autodiscover/Autodiscover.xml'])
      for (const method of ['GET', 'POST'] as const)
        scope.route({
          method,
          url: path,
          ...hidden,
          handler: async (request, reply) => {
            const address = typeof request.body === 'string' ? requestedAddress(request.body) : undefined;
            return reply.type('text/xml; charset=utf-8').send(await autoconfig.outlook(address));
          },
        });
    for (const path of ['/autodiscover/autodiscover.json', '/autodiscover/autodiscover.json/v1.0/:address'])
      scope.get(path, hidden, async () => autoconfig.pointer());
  });
}
