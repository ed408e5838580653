import type { ClientServer } from '@hongyan/contract';
import { xml } from './xml.ts';

/**
 * Mozilla's config-v1.1.xml, which Thunderbird and many others ask for. The user name is a placeholder that the client
 * fills in, so the answer is the same with and without an address in the query.
 */
export function thunderbirdConfig(
  servers: readonly ClientServer[],
  domains: readonly string[],
  institution: string,
): string {
  const [primary = ''] = domains;
  const lines = servers
    .filter((server) => server.kind !== 'sieve')
    .map((server) => {
      const tag = server.kind === 'smtp' ? 'outgoingServer' : 'incomingServer';
      const leave =
        server.kind === 'pop3'
          ? '\n      <pop3><leaveMessagesOnServer>true</leaveMessagesOnServer></pop3>'
          : '';
      return `    <${tag} type="${server.kind}">
      <hostname>${xml(server.host)}</hostname>
      <port>${server.port}</port>
      <socketType>${server.security === 'tls' ? 'SSL' : 'STARTTLS'}</socketType>
      <authentication>password-cleartext</authentication>
      <username>%EMAILADDRESS%</username>${leave}
    </${tag}>`;
    });
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="${xml(primary)}">
${domains.map((domain) => `    <domain>${xml(domain)}</domain>`).join('\n')}
    <displayName>${xml(institution)}</displayName>
    <displayShortName>${xml(institution)}</displayShortName>
${lines.join('\n')}
  </emailProvider>
</clientConfig>
`;
}
