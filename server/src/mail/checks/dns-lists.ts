import { isIP } from 'node:net';
import type { DnsResolver } from '../../kit/dns/index.ts';
import { expand } from './networks.ts';

export interface Listing {
  /** Sum of the weights of all lists that name the address. */
  weight: number;
  zones: string[];
}

/**
 * Asks DNS lists about an address (RFC 5782). An entry counts when it answers within 127.0.0.0/8; 127.0.0.1 and
 * 127.255.255.0/24 are how lists say that the question itself was refused. Trouble counts as not listed.
 */
export async function askDnsLists(
  dns: DnsResolver,
  address: string,
  zones: readonly string[],
): Promise<Listing> {
  const reversed = reverse(address);
  const listing: Listing = { weight: 0, zones: [] };
  if (reversed === undefined) return listing;
  const answers = await Promise.all(
    zones.map(async (line) => {
      const [zone = '', weight = '0'] = line.split(' ');
      const result = await dns.lookup(`${reversed}.${zone}`, 'A');
      const listed =
        result.kind === 'found' &&
        result.records.some((record) => record.kind === 'address' && isListing(record.address));
      return { zone, weight: Number(weight), listed };
    }),
  );
  for (const { zone, weight, listed } of answers) {
    if (!listed) continue;
    listing.weight += weight;
    listing.zones.push(zone);
  }
  return listing;
}

function isListing(answer: string): boolean {
  return answer.startsWith('127.') && answer !== '127.0.0.1' && !answer.startsWith('127.255.255.');
}

/** `2.0.0.127` of 127.0.0.2; nibbles for IPv6 (RFC 5782 §2.4). */
export function reverse(address: string): string | undefined {
  const version = isIP(address);
  if (version === 4) return address.split('.').reverse().join('.');
  if (version !== 6) return undefined;
  const digits = expand(address)
    .map((group) => group.padStart(4, '0'))
    .join('');
  return [...digits].reverse().join('.');
}
