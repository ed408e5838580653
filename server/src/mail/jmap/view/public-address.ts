import { BlockList, isIP } from 'node:net';

/** Addresses that are not the public internet (RFC 6890 and its registries). */
const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv4');
}
/** Of IPv6 only global unicast, without those that carry an IPv4 address inside (6to4, Teredo) and documentation. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  INTERNAL.addSubnet(network, prefix, 'ipv6');
}

/** May our server connect to this address on behalf of a stranger's mail? */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !INTERNAL.check(address, 'ipv4');
  // IPv4-mapped and NAT64 addresses lie outside 2000::/3, so they are refused, too.
  return version === 6 && GLOBAL.check(address, 'ipv6') && !INTERNAL.check(address, 'ipv6');
}
