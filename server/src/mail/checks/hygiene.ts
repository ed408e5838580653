import { isIP } from 'node:net';
import type { MailSettings } from '@hongyan/contract';
import type { DnsResolver } from '../../kit/dns/index.ts';
import type { ClientIdentity } from './client.ts';
import { reverse } from './dns-lists.ts';

export interface Complaint {
  action: 'junk' | 'reject';
  text: string;
}

/** Names behind an address that are followed back; more nobody needs. */
const MAX_NAMES = 5;
const FULL_NAME =
  /^(?=.{4,255}$)[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)+\.?$/;
const LITERAL = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]$/i;

/** How the client introduces itself (RFC 5321 §4.1.1.1, §4.1.4): options, since honest servers fail them too. */
export async function checkHygiene(
  client: ClientIdentity,
  settings: MailSettings['hygiene'],
  ours: { names: readonly string[]; dns: DnsResolver },
): Promise<Complaint[]> {
  const complaints: Complaint[] = [];
  const complain = (action: 'off' | 'junk' | 'reject', text: string) => {
    if (action !== 'off') complaints.push({ action, text });
  };
  const { helo } = client;
  if (settings.heloName !== 'off' && !LITERAL.test(helo) && (!FULL_NAME.test(helo) || isIP(helo) !== 0))
    complain(settings.heloName, 'HELO is not a full host name');
  if (ours.names.includes(helo.toLowerCase().replace(/\.$/, '')))
    complain(settings.heloNotOurs, 'HELO is our own name');
  if (settings.reverseName !== 'off' && (await hasReverseName(client.address, ours.dns)) === false)
    complain(settings.reverseName, 'The address has no name that leads back to it');
  return complaints;
}

/** Forward-confirmed reverse DNS; undefined when names cannot be looked up now. */
async function hasReverseName(address: string, dns: DnsResolver): Promise<boolean | undefined> {
  const reversed = reverse(address);
  if (reversed === undefined) return undefined;
  const version = isIP(address);
  const pointer = await dns.lookup(`${reversed}.${version === 6 ? 'ip6' : 'in-addr'}.arpa`, 'PTR');
  if (pointer.kind === 'trouble') return undefined;
  if (pointer.kind !== 'found') return false;
  let trouble = false;
  for (const record of pointer.records.slice(0, MAX_NAMES)) {
    if (record.kind !== 'name') continue;
    const forward = await dns.lookup(record.name, version === 6 ? 'AAAA' : 'A');
    if (forward.kind === 'trouble') trouble = true;
    if (
      forward.kind === 'found' &&
      forward.records.some((one) => one.kind === 'address' && one.address === address)
    )
      return true;
  }
  return trouble ? undefined : false;
}
