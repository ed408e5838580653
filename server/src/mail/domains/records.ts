import { createHash } from 'node:crypto';
import type { ClientServer, WantedRecord } from '@hongyan/contract';

export interface RecordInput {
  domain: string;
  /** Mail hosts, the first one preferred; at most two are published. */
  hosts: readonly string[];
  servers: readonly ClientServer[];
  keys: readonly { name: string; text: string }[];
}

const MX_PRIORITIES = [10, 50];
const SRV_NAMES = new Map([
  ['imap tls', '_imaps._tcp'],
  ['imap starttls', '_imap._tcp'],
  ['pop3 tls', '_pop3s._tcp'],
  ['pop3 starttls', '_pop3._tcp'],
  ['smtp tls', '_submissions._tcp'],
  ['smtp starttls', '_submission._tcp'],
  ['sieve starttls', '_sieve._tcp'],
]);

/** Everything that a domain should say in DNS about its mail (RFC 5321, 7208, 6376, 7489, 8461, 8460, 6186, 8314). */
export function wantedRecords({ domain, hosts, servers, keys }: RecordInput): WantedRecord[] {
  const [host = domain] = hosts;
  const records: WantedRecord[] = [
    ...hosts.slice(0, 2).map((name, index): WantedRecord => {
      const priority = MX_PRIORITIES[index] ?? 50;
      return { purpose: 'mx', type: 'MX', name: domain, value: name, priority, required: true };
    }),
    ...hosts
      .slice(0, 2)
      .map((name): WantedRecord => ({ purpose: 'host', type: 'A', name, value: '', required: true })),
    { purpose: 'spf', type: 'TXT', name: domain, value: 'v=spf1 mx -all', required: true },
    ...keys.map(
      (key): WantedRecord => ({
        purpose: 'dkim',
        type: 'TXT',
        name: key.name,
        value: key.text,
        required: true,
      }),
    ),
    {
      purpose: 'dmarc',
      type: 'TXT',
      name: `_dmarc.${domain}`,
      value: `v=DMARC1; p=quarantine; rua=mailto:dmarc-reports@${domain}`,
      required: true,
    },
    {
      purpose: 'mta-sts',
      type: 'TXT',
      name: `_mta-sts.${domain}`,
      value: `v=STSv1; id=${policyId(hosts)}`,
      required: false,
    },
    {
      purpose: 'tls-rpt',
      type: 'TXT',
      name: `_smtp._tls.${domain}`,
      value: `v=TLSRPTv1; rua=mailto:tls-reports@${domain}`,
      required: false,
    },
  ];
  for (const [label, purpose] of [
    ['mail', 'web'],
    ['autoconfig', 'autoconfig'],
    ['autodiscover', 'autoconfig'],
    ['mta-sts', 'mta-sts'],
  ] as const) {
    // An alias of itself would be a loop.
    if (`${label}.${domain}` !== host)
      records.push({ purpose, type: 'CNAME', name: `${label}.${domain}`, value: host, required: false });
  }
  const published = new Set<string>();
  for (const server of servers) {
    const name = SRV_NAMES.get(`${server.kind} ${server.security}`);
    if (name === undefined || published.has(name)) continue;
    published.add(name);
    records.push({
      purpose: 'srv',
      type: 'SRV',
      name: `${name}.${domain}`,
      value: `1 ${server.port} ${server.host}`,
      priority: server.security === 'tls' ? 0 : 10,
      required: false,
    });
  }
  return records;
}

/** Changes when the policy's hosts do, as RFC 8461 §3.1 wants it. */
function policyId(hosts: readonly string[]): string {
  return createHash('sha256').update(hosts.join(' ')).digest('hex').slice(0, 16);
}

/** A character string of DNS holds 255 octets (RFC 1035 §3.3.14). */
const STRING = 255;

/** The records as a zone file's lines. */
export function zoneText(records: readonly WantedRecord[]): string {
  const lines = records
    .filter((record) => record.value !== '')
    .map(({ name, type, value, priority }) => `${name}. 3600 IN ${type} ${zoneValue(type, value, priority)}`);
  return `${lines.join('\n')}\n`;
}

function zoneValue(type: WantedRecord['type'], value: string, priority: number | undefined): string {
  if (type === 'TXT') {
    const pieces = value.match(new RegExp(`.{1,${STRING}}`, 'g')) ?? [''];
    return pieces.map((piece) => `"${piece.replace(/["\\]/g, '\\$&')}"`).join(' ');
  }
  if (type === 'MX' || type === 'SRV') return `${priority ?? 0} ${value}.`;
  return `${value}.`;
}
