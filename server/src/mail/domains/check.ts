import type { RecordState, WantedRecord } from '@hongyan/contract';
import type { DnsResolver, DnsResult, RecordData } from '../../kit/dns/index.ts';

export interface Finding {
  state: RecordState;
  /** What DNS says, as text. */
  found: string[];
}

/** What is shown of a stranger's zone. */
const MAX_FOUND = 10;

/** Looks each wanted record up and says what is wrong with what is there. */
export async function checkRecords(dns: DnsResolver, records: readonly WantedRecord[]): Promise<Finding[]> {
  return Promise.all(records.map((record) => checkRecord(dns, record)));
}

async function checkRecord(dns: DnsResolver, record: WantedRecord): Promise<Finding> {
  if (record.type === 'A') return checkHost(dns, record.name);
  const result = await dns.lookup(record.name, record.type);
  if (result.kind === 'trouble') return { state: 'unknown', found: [] };
  const found = textsOf(result).slice(0, MAX_FOUND);
  return { state: judge(record, found), found };
}

/** A mail host needs an address of either kind. */
async function checkHost(dns: DnsResolver, name: string): Promise<Finding> {
  const [v4, v6] = await Promise.all([dns.lookup(name, 'A'), dns.lookup(name, 'AAAA')]);
  const found = [...textsOf(v4), ...textsOf(v6)].slice(0, MAX_FOUND);
  if (found.length > 0) return { state: 'ok', found };
  return { state: v4.kind === 'trouble' || v6.kind === 'trouble' ? 'unknown' : 'missing', found };
}

function judge(record: WantedRecord, found: readonly string[]): RecordState {
  const of = (start: string) =>
    found.filter((text) => text.toLowerCase().replace(/\s/g, '').startsWith(start));
  switch (record.purpose) {
    case 'spf': {
      const [spf, ...more] = of('v=spf1');
      if (spf === undefined) return 'missing';
      // Two of them count as an error everywhere (RFC 7208 §4.5).
      if (more.length > 0) return 'wrong';
      return /\s-all\s*$/i.test(spf) ? 'ok' : 'weak';
    }
    case 'dmarc': {
      const [dmarc, ...more] = of('v=dmarc1');
      if (dmarc === undefined) return 'missing';
      if (more.length > 0 || !/;\s*p\s*=\s*(none|quarantine|reject)/i.test(dmarc)) return 'wrong';
      return /;\s*p\s*=\s*none/i.test(dmarc) ? 'weak' : 'ok';
    }
    case 'dkim': {
      const key = (text: string) => /p=([A-Za-z0-9+/=]*)/.exec(text.replace(/\s/g, ''))?.[1];
      if (found.length === 0) return 'missing';
      return found.some((text) => key(text) === key(record.value)) ? 'ok' : 'wrong';
    }
    case 'mta-sts':
      if (record.type === 'TXT') return of('v=stsv1').length === 0 ? 'missing' : 'ok';
      break;
    case 'tls-rpt':
      return of('v=tlsrptv1').length === 0 ? 'missing' : 'ok';
    default:
  }
  if (found.length === 0) return 'missing';
  const wanted = record.priority === undefined ? record.value : `${record.priority} ${record.value}`;
  const same = (text: string) => text.toLowerCase() === wanted.toLowerCase();
  if (found.some(same)) return 'ok';
  // Another priority of the right host is no harm.
  const bare = (text: string) => text.toLowerCase().replace(/^\d+ /, '');
  return found.some((text) => bare(text) === record.value.toLowerCase()) ? 'weak' : 'wrong';
}

function textsOf(result: DnsResult): string[] {
  return result.kind === 'found' ? result.records.map(textOf).filter((text) => text !== '') : [];
}

function textOf(data: RecordData): string {
  switch (data.kind) {
    case 'address':
      return data.address;
    case 'name':
      return data.name;
    case 'mx':
      return `${data.priority} ${data.exchange}`;
    case 'txt':
      return Buffer.concat(data.strings).toString('utf8');
    case 'raw':
      return srvText(data.data);
    default:
      return '';
  }
}

/** SRV (RFC 2782): its target is never compressed. Empty when the octets are none. */
export function srvText(data: Buffer): string {
  if (data.length < 7) return '';
  const labels: string[] = [];
  for (let at = 6; at < data.length; ) {
    const length = data[at] ?? 0;
    if (length === 0) break;
    if (length > 63 || at + 1 + length > data.length) return '';
    labels.push(data.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return `${data.readUInt16BE(0)} ${data.readUInt16BE(2)} ${data.readUInt16BE(4)} ${labels.join('.')}`;
}
