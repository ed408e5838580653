import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { Clock } from '../../kit/clock/index.ts';
import { type DaneAnswer, judgeDane, type Tlsa } from './dane.ts';
import type { Exchanger } from './exchangers.ts';
import { type Link, LinkError, openLink } from './link.ts';
import type { StsFound } from './mta-sts.ts';
import type { FailureType, TlsResult } from './tls-result.ts';

/** What is demanded of the connection to one exchanger. */
export interface Demand {
  domain: string;
  dane: DaneAnswer;
  sts: StsFound | undefined;
  /** A setting of ours: no TLS, no mail. */
  required: boolean;
}

export interface SecureParts {
  hostname: string;
  clock: Clock;
  /** Port of exchangers; 25 but in tests. */
  port: number;
  /** Trusted besides the system's authorities; for tests. */
  ca?: string | undefined;
  record(result: TlsResult): void;
}

/** A failed demand; the message must not go this way. */
class Insecure extends LinkError {
  override name = 'Insecure';
  type: FailureType;
  constructor(type: FailureType, text: string) {
    super('tls', text);
    this.type = type;
  }
}

/**
 * Connects to one address of an exchanger and turns TLS on as DANE (RFC 7672), else MTA-STS (RFC 8461), else courtesy
 * (RFC 7435) ask for it. Only where nobody demands TLS is a second, plain connection made after a failed handshake.
 */
export async function connectSecurely(
  parts: SecureParts,
  host: Exchanger,
  address: string,
  demand: Demand,
): Promise<Link> {
  const target = { host: host.host, address, port: parts.port };
  const link = await openLink(target, parts.hostname);
  const tell = createTeller(parts, host, address, demand, link);
  const problem = await secure(parts, link, host, demand).catch((error: unknown) => {
    link.destroy();
    if (error instanceof LinkError && error.trouble === 'tls')
      return new Insecure('validation-failure', error.message);
    throw error;
  });
  if (!problem) {
    tell(undefined);
    return link;
  }
  tell(problem);
  if (isMandatory(demand)) {
    link.quit();
    throw problem;
  }
  // A policy in testing, or none at all: the message goes as it can.
  return link.open ? link : openLink(target, parts.hostname);
}

function isMandatory({ dane, sts, required }: Demand): boolean {
  return required || dane.kind === 'records' || dane.kind === 'unusable' || sts?.policy.mode === 'enforce';
}

/** Turns TLS on; answers what is wrong with it. */
async function secure(
  parts: SecureParts,
  link: Link,
  host: Exchanger,
  demand: Demand,
): Promise<Insecure | undefined> {
  if (!link.extensions.has('STARTTLS'))
    return new Insecure('starttls-not-supported', `${link.remote} offers no TLS`);
  const socket = await link.startTls(tlsOptions(host.host, parts.ca));
  await link.ehlo();
  const { dane, sts } = demand;
  if (dane.kind === 'records') return judgeByDane(parts, socket, host, dane.records, demand.domain);
  if (dane.kind === 'unusable' || sts === undefined || sts.policy.mode === 'none') return undefined;
  return judgeByNames(socket, link.remote);
}

function judgeByDane(
  parts: SecureParts,
  socket: TLSSocket,
  host: Exchanger,
  records: readonly Tlsa[],
  domain: string,
): Insecure | undefined {
  const reason = judgeDane(socket, records, [host.host, domain], parts.clock.now());
  if (reason === undefined) return undefined;
  return new Insecure(
    reason.endsWith('another name') ? 'certificate-host-mismatch' : 'validation-failure',
    `${host.host}: ${reason}`,
  );
}

function judgeByNames(socket: TLSSocket, remote: string): Insecure | undefined {
  if (socket.authorized) return undefined;
  const code = authorizationCode(socket);
  const text = `${remote}: the certificate is not valid (${code})`;
  if (code === 'CERT_HAS_EXPIRED') return new Insecure('certificate-expired', text);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return new Insecure('certificate-host-mismatch', text);
  return new Insecure('certificate-not-trusted', text);
}

/** Node types it as Error and gives a string. */
export function authorizationCode(socket: TLSSocket): string {
  const error: unknown = socket.authorizationError;
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.message;
  return String(error ?? 'unknown');
}

export function tlsOptions(host: string, ca: string | undefined): ConnectionOptions {
  return {
    // RFC 7672 §8.1: DANE needs the name; an address cannot be one.
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    host,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
  };
}

function createTeller(
  parts: SecureParts,
  host: Exchanger,
  address: string,
  { domain, dane, sts }: Demand,
  link: Link,
): (problem: Insecure | undefined) => void {
  return (problem) =>
    parts.record({
      domain,
      ...policyOf(dane, sts, host.host, parts.port),
      ...(problem ? { failure: problem.type, reason: problem.message } : {}),
      mx: host.host,
      receivingIp: address,
      sendingIp: link.localAddress,
    });
}

/** The policy that a result is filed under (RFC 8460 §4.4). */
export function policyOf(
  dane: DaneAnswer,
  sts: StsFound | undefined,
  host: string,
  port: number,
): Pick<TlsResult, 'policyType' | 'policy'> {
  if (dane.kind === 'records' || dane.kind === 'unusable')
    return {
      policyType: 'tlsa',
      policy: dane.records.map(
        (one) =>
          `_${port}._tcp.${host}. IN TLSA ${one.usage} ${one.selector} ${one.matching} ${one.data.toString('hex').toUpperCase()}`,
      ),
    };
  if (sts && sts.policy.mode !== 'none') return { policyType: 'sts', policy: sts.lines };
  return { policyType: 'no-policy-found', policy: [] };
}
