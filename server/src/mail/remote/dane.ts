import { createHash, X509Certificate } from 'node:crypto';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import type { DnsResolver } from '../../kit/dns/index.ts';
import type { Exchanger } from './exchangers.ts';

export interface Tlsa {
  usage: number;
  selector: number;
  matching: number;
  data: Buffer;
}

/** What DANE says about one host (RFC 7672 §2.2). */
export type DaneAnswer =
  /** No validated TLSA records: nothing. */
  | { kind: 'none' }
  /** Records, none of which we can use: TLS, without a name. */
  | { kind: 'unusable'; records: Tlsa[] }
  | { kind: 'records'; records: Tlsa[] }
  /** The answer may have been suppressed: this host must not be used now. */
  | { kind: 'trouble' };

/** Certificates of a chain that are looked at. */
const MAX_CHAIN = 10;

export async function findTlsa(dns: DnsResolver, host: Exchanger, port: number): Promise<DaneAnswer> {
  // Without a validated way to its address a host's records prove nothing.
  if (!host.authentic) return { kind: 'none' };
  const answer = await dns.lookup(`_${port}._tcp.${host.host}`, 'TLSA');
  if (answer.kind === 'trouble') return { kind: 'trouble' };
  if (answer.kind !== 'found' || !answer.authentic) return { kind: 'none' };
  const records = answer.records.flatMap((record): Tlsa[] => (record.kind === 'tlsa' ? [record] : []));
  const usable = records.filter(isUsable);
  return usable.length > 0 ? { kind: 'records', records: usable } : { kind: 'unusable', records };
}

/** PKIX usages 0 and 1 are not for SMTP (RFC 7672 §3.1.3). */
function isUsable({ usage, selector, matching, data }: Tlsa): boolean {
  const length = matching === 1 ? 32 : matching === 2 ? 64 : undefined;
  return (
    (usage === 2 || usage === 3) &&
    selector <= 1 &&
    matching <= 2 &&
    (length === undefined ? data.length > 0 : data.length === length)
  );
}

/** Undefined when the certificate that the server shows is what its records promise, else the reason. */
export function judgeDane(
  socket: TLSSocket,
  records: readonly Tlsa[],
  names: readonly string[],
  now: Date,
): string | undefined {
  const chain = chainOf(socket);
  const [leaf] = chain;
  if (!leaf) return 'the server shows no certificate';
  // Usage 3 is about this one certificate: neither its names nor its dates count (RFC 7672 §3.1.1).
  if (records.some((record) => record.usage === 3 && matches(record, leaf))) return undefined;
  const anchors = records.filter((record) => record.usage === 2);
  if (anchors.length === 0) return 'the certificate does not match its TLSA record';
  const trusted = isAnchored(chain, anchors, now);
  if (!trusted) return 'the certificate does not lead to its TLSA record';
  const known = names.some((name) => checkServerIdentity(name, socket.getPeerCertificate()) === undefined);
  return known ? undefined : 'the certificate is for another name';
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next && chain.length < MAX_CHAIN) {
    chain.push(next);
    const issuer: X509Certificate | undefined = next.issuerCertificate;
    if (!issuer || issuer.fingerprint256 === next.fingerprint256) break;
    next = issuer;
  }
  return chain;
}

/** Every link up to the anchor is signed by the next, in its time (RFC 7672 §3.1.2). */
function isAnchored(chain: readonly X509Certificate[], anchors: readonly Tlsa[], now: Date): boolean {
  // An anchor given in full need not be sent by the server.
  const given = anchors.flatMap((anchor) =>
    anchor.selector === 0 && anchor.matching === 0 ? readCertificate(anchor.data) : [],
  );
  for (const [at, certificate] of chain.entries()) {
    if (!isInTime(certificate, now)) return false;
    if (at > 0 && anchors.some((anchor) => matches(anchor, certificate))) return true;
    const issuer = chain[at + 1] ?? given.find((one) => certificate.checkIssued(one));
    if (!issuer?.ca || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey))
      return false;
    if (!chain[at + 1]) return isInTime(issuer, now);
  }
  return false;
}

function readCertificate(data: Buffer): X509Certificate[] {
  try {
    return [new X509Certificate(data)];
  } catch {
    return [];
  }
}

function isInTime(certificate: X509Certificate, now: Date): boolean {
  return new Date(certificate.validFrom) <= now && now <= new Date(certificate.validTo);
}

function matches({ selector, matching, data }: Tlsa, certificate: X509Certificate): boolean {
  const bytes =
    selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  if (matching === 0) return bytes.equals(data);
  return createHash(matching === 1 ? 'sha256' : 'sha512')
    .update(bytes)
    .digest()
    .equals(data);
}
