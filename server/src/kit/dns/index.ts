export { createDnsResolver, type DnsResolver, type DnsResolverOptions, type DnsResult } from './resolver.ts';
export {
  type DnsAnswer,
  type DnsRecord,
  decodeAnswer,
  encodeName,
  encodeQuery,
  type RecordData,
  type RecordType,
  TYPES,
} from './wire.ts';
