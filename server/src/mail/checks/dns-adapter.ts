import type { DnsResolver, RecordData, RecordType } from '../../kit/dns/index.ts';

/** Answers in the shape of Node's `dns.resolve`, which mailauth expects; errors carry Node's codes. */
export type NodeResolve = (name: string, type: string) => Promise<string[][] | string[]>;

const KNOWN: ReadonlyMap<string, RecordType> = new Map([
  ['A', 'A'],
  ['AAAA', 'AAAA'],
  ['MX', 'MX'],
  ['TXT', 'TXT'],
  ['PTR', 'PTR'],
  ['CNAME', 'CNAME'],
]);

export function nodeResolve(dns: DnsResolver): NodeResolve {
  return async (name, type) => {
    const known = KNOWN.get(type);
    if (!known) throw failure('ENOTIMP', name);
    const result = await dns.lookup(name, known);
    if (result.kind === 'missing') throw failure('ENOTFOUND', name);
    if (result.kind === 'trouble') throw failure('ESERVFAIL', name);
    if (result.kind !== 'found') throw failure('ENODATA', name);
    if (known === 'TXT') return result.records.map(strings);
    if (known === 'MX') return result.records.flatMap(exchange);
    return result.records.map(text);
  };
}

function strings(record: RecordData): string[] {
  return record.kind === 'txt' ? record.strings.map((bytes) => bytes.toString('utf8')) : [];
}

/** mailauth reads MX answers as objects, though its types know strings only: this is both. */
function exchange(record: RecordData): string[] {
  return record.kind === 'mx'
    ? [Object.assign(record.exchange, { exchange: record.exchange, priority: record.priority })]
    : [];
}

function text(record: RecordData): string {
  if (record.kind === 'address') return record.address;
  return record.kind === 'name' ? record.name : '';
}

function failure(code: string, name: string): Error {
  return Object.assign(new Error(`${code} ${name}`), { code });
}
