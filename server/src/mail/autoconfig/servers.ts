import type { ClientServer, MailSettings } from '@hongyan/contract';

/** Ports that this server listens on; 0 = not served here. */
export interface ListeningPorts {
  submission: number;
  submissions: number;
  imap: number;
  imaps: number;
  pop3: number;
  pop3s: number;
  sieve: number;
}

/** RFC 8314 §3: TLS from the first byte before STARTTLS. */
export function clientServers(
  settings: MailSettings['clients'],
  listening: ListeningPorts,
  hostname: string,
): ClientServer[] {
  const host = settings.host === '' ? hostname : settings.host;
  const choices: [ClientServer['kind'], ClientServer['security'], number, number][] = [
    ['imap', 'tls', settings.imapsPort, listening.imaps],
    ['imap', 'starttls', settings.imapPort, listening.imap],
    ['pop3', 'tls', settings.pop3sPort, listening.pop3s],
    ['pop3', 'starttls', settings.pop3Port, listening.pop3],
    ['smtp', 'tls', settings.submissionsPort, listening.submissions],
    ['smtp', 'starttls', settings.submissionPort, listening.submission],
    ['smtp', 'tls', settings.legacySmtpsPort, 0],
    ['sieve', 'starttls', settings.sievePort, listening.sieve],
  ];
  return choices
    .map(([kind, security, outside, inside]) => ({ kind, security, host, port: outside || inside }))
    .filter((server) => server.port > 0);
}

/** The servers of one kind, best first. */
export function ofKind(servers: readonly ClientServer[], kind: ClientServer['kind']): ClientServer[] {
  return servers.filter((server) => server.kind === kind);
}
