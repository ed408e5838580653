import { isIP } from 'node:net';
import { parseHeader } from '../protocol/mime/index.ts';
import { inNetworks } from './networks.ts';

/** Who handed the message to us, as SPF looks at it. */
export interface ClientIdentity {
  address: string;
  helo: string;
}

/** Received fields looked at on the way back; more hops of our own nobody has. */
const MAX_HOPS = 10;

/**
 * The client before our own trusted relays: each relay wrote into its Received field who gave it the message
 * (RFC 5321 §4.4). Undefined when the relays do not tell, so that nothing is judged by a relay's own address.
 * `header` begins with our own Received field.
 */
export function clientBehindRelays(
  header: Buffer,
  { client, relayed }: { client: ClientIdentity; relayed: boolean },
  trustedRelays: readonly string[],
): ClientIdentity | undefined {
  if (!relayed && !inNetworks(client.address, trustedRelays)) return client;
  const hops = parseHeader(header)
    .filter((field) => field.name === 'received')
    .slice(1, MAX_HOPS + 1);
  for (const hop of hops) {
    const from = fromClause(hop.value);
    if (!from) return undefined;
    if (!inNetworks(from.address, trustedRelays)) return from;
  }
  return undefined;
}

/** `from helo (name [address])`: the address is the one that the server saw, never the one in HELO. */
function fromClause(value: string): ClientIdentity | undefined {
  const match = /^from\s+(\S{1,255})\s+\((?:[^()[\]]{0,300}\s)?\[(?:IPv6:)?([0-9A-Fa-f.:]{2,45})\]/i.exec(
    value,
  );
  if (!match?.[1] || !match[2] || isIP(match[2]) === 0) return undefined;
  return { address: match[2].replace(/^::ffff:(?=\d+\.)/i, ''), helo: match[1] };
}
