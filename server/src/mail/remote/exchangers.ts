import { isIP } from 'node:net';
import type { DnsResolver } from '../../kit/dns/index.ts';

/** One host that takes a domain's mail, with its addresses: IPv6 first. */
export interface Exchanger {
  host: string;
  addresses: string[];
  /** The answers that led here are validated (RFC 7672 §2.2). */
  authentic: boolean;
}

export type Exchangers =
  | { kind: 'hosts'; hosts: Exchanger[] }
  /** The domain takes no mail. */
  | { kind: 'none'; status: string; reason: string }
  /** The resolver could not tell: try again. */
  | { kind: 'unknown'; reason: string };

/** A domain with more exchangers or addresses than this is not tried to its end (RFC 5321 §5.1). */
const MAX_HOSTS = 10;
const MAX_ADDRESSES = 6;

/** Finds where mail of a domain goes (RFC 5321 §5.1, RFC 7505). `hostname` is our own name. */
export async function findExchangers(
  dns: DnsResolver,
  domain: string,
  hostname: string,
): Promise<Exchangers> {
  const literal = /^\[(?:IPv6:)?([0-9a-f.:]+)\]$/i.exec(domain)?.[1];
  if (literal) {
    if (isIP(literal) === 0) return { kind: 'none', status: '5.1.2', reason: `${domain} is no address` };
    return { kind: 'hosts', hosts: [{ host: literal, addresses: [literal], authentic: false }] };
  }
  const answer = await dns.lookup(domain, 'MX');
  if (answer.kind === 'trouble')
    return { kind: 'unknown', reason: `the name of ${domain} could not be looked up` };
  if (answer.kind === 'missing')
    return { kind: 'none', status: '5.1.2', reason: `the domain ${domain} does not exist` };
  // No MX record: the domain's own address counts as one.
  const records = answer.kind === 'found' ? mxOf(answer.records) : [{ priority: 0, exchange: domain }];
  if (records.every((record) => record.exchange === '' || record.exchange === '.'))
    return { kind: 'none', status: '5.1.10', reason: `${domain} takes no mail` };
  const names = beforeUs(records, hostname);
  if (names.length === 0)
    return { kind: 'none', status: '5.4.6', reason: `mail for ${domain} loops back to this server` };
  return addressesOf(dns, domain, names, answer.authentic);
}

function mxOf(records: readonly { kind: string }[]): { priority: number; exchange: string }[] {
  return records.flatMap((record) =>
    'priority' in record &&
    'exchange' in record &&
    typeof record.priority === 'number' &&
    typeof record.exchange === 'string'
      ? [{ priority: record.priority, exchange: record.exchange.toLowerCase().replace(/\.$/, '') }]
      : [],
  );
}

/** Names in their order, equal ones shuffled; where we are one of them, only those before us, or mail would loop. */
function beforeUs(records: { priority: number; exchange: string }[], hostname: string): string[] {
  const own = records.filter((record) => record.exchange === hostname.toLowerCase());
  const limit = Math.min(Number.POSITIVE_INFINITY, ...own.map((record) => record.priority));
  return records
    .filter((record) => record.priority < limit && record.exchange !== '')
    .map((record) => ({ ...record, chance: Math.random() }))
    .sort((a, b) => a.priority - b.priority || a.chance - b.chance)
    .map((record) => record.exchange)
    .slice(0, MAX_HOSTS);
}

async function addressesOf(
  dns: DnsResolver,
  domain: string,
  names: readonly string[],
  mxAuthentic: boolean,
): Promise<Exchangers> {
  const hosts: Exchanger[] = [];
  let trouble = false;
  for (const host of names) {
    if (isIP(host) !== 0) {
      hosts.push({ host, addresses: [host], authentic: false });
      continue;
    }
    const [six, four] = await Promise.all([dns.lookup(host, 'AAAA'), dns.lookup(host, 'A')]);
    const found = [six, four].flatMap((answer) => (answer.kind === 'found' ? answer.records : []));
    const addresses = found.flatMap((record) => (record.kind === 'address' ? [record.address] : []));
    const unsure = six.kind === 'trouble' || four.kind === 'trouble';
    trouble ||= unsure;
    if (addresses.length === 0) continue;
    const authentic =
      mxAuthentic && [six, four].every((answer) => answer.kind !== 'trouble' && answer.authentic);
    hosts.push({ host, addresses: addresses.slice(0, MAX_ADDRESSES), authentic });
  }
  if (hosts.length > 0) return { kind: 'hosts', hosts };
  if (trouble) return { kind: 'unknown', reason: `the hosts of ${domain} could not be looked up` };
  return { kind: 'none', status: '5.4.4', reason: `the hosts of ${domain} have no address` };
}
