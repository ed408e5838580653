import { BlockList, isIP } from 'node:net';

const compiled = new WeakMap<readonly string[], BlockList>();

/** Whether an address lies in one of the networks (`192.0.2.0/24`, single addresses); lists are compiled once. */
export function inNetworks(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return false;
  let list = compiled.get(networks);
  if (!list) {
    list = compile(networks);
    compiled.set(networks, list);
  }
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

function compile(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', prefix] = network.split('/');
    const version = isIP(base);
    if (version === 0) continue;
    const bits = version === 6 ? 128 : 32;
    list.addSubnet(
      base,
      Math.min(bits, prefix === undefined ? bits : Number(prefix)),
      version === 6 ? 'ipv6' : 'ipv4',
    );
  }
  return list;
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The network of an address, e.g. `192.0.2` of `192.0.2.9` with prefix 24, as a comparable text. */
export function networkOf(address: string, prefix4: number, prefix6: number): string {
  if (isIP(address) !== 6) {
    const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - prefix4);
    return `${Math.floor(number / size)}/${prefix4}`;
  }
  const groups = expand(address);
  const bits = groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
  return `${BigInt(`0b${bits.slice(0, prefix6)}`).toString(16)}/${prefix6}`;
}

/** Eight groups of an IPv6 address; an embedded IPv4 part becomes two. */
export function expand(address: string): string[] {
  const bare = address.replace(/%.*$/, '');
  const embedded = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
  const whole = embedded
    ? `${embedded[1]}${hex(embedded[2], embedded[3])}:${hex(embedded[4], embedded[5])}`
    : bare;
  const [left = '', right] = whole.split('::');
  const split = (text: string) => text.split(':').filter((group) => group !== '');
  const [head, tail] = [split(left), split(right ?? '')];
  const middle =
    right === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return [...head, ...middle, ...tail].slice(0, 8);
}

function hex(high = '0', low = '0'): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}
