import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { DnsResolver } from '../../kit/dns/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { RemoteJob, RemoteTransport, Verdict } from '../queue/index.ts';
import { sendMessage } from './conversation.ts';
import { findTlsa } from './dane.ts';
import { deleteOldDestinations } from './destination.store.ts';
import { type Attempt, createDestinations, type DestinationLimits } from './destinations.ts';
import { type Exchanger, findExchangers } from './exchangers.ts';
import { type Link, LinkError } from './link.ts';
import { createMtaSts, type FetchText, fetchTextByHttps } from './mta-sts.ts';
import { createPool } from './pool.ts';
import { connectToRoute, parseSmartHost, type Route } from './routes.ts';
import { connectSecurely, policyOf } from './secure.ts';
import { deleteOldSts } from './sts.store.ts';
import { stsAllows } from './sts-policy.ts';
import type { TlsResult } from './tls-result.ts';

export interface RemoteOptions {
  db: Db;
  dns: DnsResolver;
  clock: Clock;
  signals: Signals;
  /** Our name in EHLO. */
  hostname: string;
  /** `smtp[s]://[user:password@]host:port` that takes everything. */
  smartHost: string | undefined;
  delivery(): Promise<DestinationLimits & { requireTls: boolean }>;
  record?: ((result: TlsResult) => void) | undefined;
  /** Port of mail exchangers; 25 but in tests. */
  port?: number | undefined;
  /** Authorities instead of the system's, for tests. */
  ca?: string | undefined;
  fetchText?: FetchText | undefined;
}

export interface NetworkTransport extends RemoteTransport {
  sweep(): Promise<void>;
  stop(): void;
}

/** Messages over one connection: some servers close after so many. */
const MAX_MESSAGES = 100;
const MAX_TO_SMART_HOST = 20;
/** A paused destination is forgotten after this long without a try. */
const KEEP_MS = 7 * 86_400_000;

type Sent = { kind: 'sent'; verdicts: Verdict[] };
type NotHere = { status: string; reply: string; remote: string };

/** Delivery over the network: to the exchangers of a domain in their order, or to the smart host. */
export function createNetworkTransport(options: RemoteOptions): NetworkTransport {
  const { db, dns, clock, signals, hostname } = options;
  const port = options.port ?? 25;
  const record = options.record ?? (() => undefined);
  const smartHost = options.smartHost === undefined ? undefined : parseSmartHost(options.smartHost);
  const pool = createPool();
  const destinations = createDestinations({ db, clock, signals });
  const mtaSts = createMtaSts({ db, dns, clock, fetchText: options.fetchText ?? fetchTextByHttps });

  async function attempt(name: string, job: RemoteJob, requireTls: boolean): Promise<Attempt> {
    const kept = await overKept(name, job);
    if (kept) return { kind: 'answered', verdicts: kept };
    return smartHost ? overRoute(name, smartHost, job) : overExchangers(name, job, requireTls);
  }

  /** Over an idle connection; undefined when there is none that still lives. */
  async function overKept(name: string, job: RemoteJob): Promise<Verdict[] | undefined> {
    for (;;) {
      const link = pool.take(name);
      if (!link) return undefined;
      const sent = await over(name, link, job);
      if (sent.kind === 'sent') return sent.verdicts;
    }
  }

  async function over(
    name: string,
    link: Link,
    job: RemoteJob,
  ): Promise<Sent | { kind: 'lost'; why: NotHere }> {
    try {
      const verdicts = await sendMessage(link, job);
      pool.give(name, link, MAX_MESSAGES);
      return { kind: 'sent', verdicts };
    } catch (error) {
      link.destroy();
      if (!(error instanceof LinkError)) throw error;
      return { kind: 'lost', why: whyOf(error, link.remote) };
    }
  }

  async function overRoute(name: string, route: Route, job: RemoteJob): Promise<Attempt> {
    const remote = `${route.host}:${route.port}`;
    try {
      const result = await over(name, await connectToRoute(route, hostname, options.ca), job);
      return result.kind === 'sent'
        ? { kind: 'answered', verdicts: result.verdicts }
        : { kind: 'away', ...result.why };
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      return { kind: 'away', ...whyOf(error, remote) };
    }
  }

  async function overExchangers(name: string, job: RemoteJob, required: boolean): Promise<Attempt> {
    const found = await findExchangers(dns, job.domain, hostname);
    if (found.kind === 'unknown') return { kind: 'away', status: '4.4.3', reply: found.reason, remote: '' };
    if (found.kind === 'none') return answerAll(job, { status: found.status, reply: found.reason });
    const sts = await stsOf(job.domain);
    let last: NotHere = { status: '4.4.1', reply: 'no host could be reached', remote: '' };
    for (const host of found.hosts) {
      const dane = await findTlsa(dns, host, port);
      if (dane.kind === 'trouble') {
        last = {
          status: '4.7.5',
          reply: `the TLSA records of ${host.host} are not to be had`,
          remote: host.host,
        };
        continue;
      }
      const demand = { domain: job.domain, dane, sts, required };
      // DANE goes before MTA-STS (RFC 8461 §2).
      if (dane.kind === 'none' && sts && sts.policy.mode !== 'none' && !stsAllows(sts.policy, host.host)) {
        const reply = `${host.host} is not in the MTA-STS policy of ${job.domain}`;
        const base = { domain: job.domain, mx: host.host, receivingIp: '', sendingIp: '' };
        record({
          ...base,
          ...policyOf(dane, sts, host.host, port),
          failure: 'validation-failure',
          reason: reply,
        });
        if (sts.policy.mode === 'enforce') {
          last = { status: '4.7.5', reply, remote: host.host };
          continue;
        }
      }
      const result = await overHost(name, host, demand, job);
      if (result.kind === 'sent') return { kind: 'answered', verdicts: result.verdicts };
      if (result.kind === 'loop') return answerAll(job, { status: '5.4.6', reply: result.reply });
      last = result.why;
    }
    return { kind: 'away', ...last };
  }

  /** One exchanger, address by address. */
  async function overHost(
    name: string,
    host: Exchanger,
    demand: Parameters<typeof connectSecurely>[3],
    job: RemoteJob,
  ): Promise<Sent | { kind: 'lost'; why: NotHere } | { kind: 'loop'; reply: string }> {
    let why: NotHere = { status: '4.4.1', reply: 'no address', remote: host.host };
    const parts = { hostname, clock, port, ca: options.ca, record };
    for (const address of host.addresses) {
      try {
        const result = await over(name, await connectSecurely(parts, host, address, demand), job);
        if (result.kind === 'sent') return result;
        why = result.why;
      } catch (error) {
        if (!(error instanceof LinkError)) throw error;
        if (error.trouble === 'loop') return { kind: 'loop', reply: error.message };
        why = whyOf(error, `${host.host}[${address}]:${port}`);
      }
    }
    return { kind: 'lost', why };
  }

  async function stsOf(domain: string) {
    if (domain.startsWith('[')) return undefined;
    const { found, problem } = await mtaSts.find(domain);
    if (problem)
      record({
        domain,
        policyType: 'sts',
        policy: found?.lines ?? [],
        failure: problem === 'fetch' ? 'sts-policy-fetch-error' : 'sts-policy-invalid',
        mx: '',
        receivingIp: '',
        sendingIp: '',
      });
    return found;
  }

  return {
    async send(job) {
      const name = smartHost ? `${smartHost.host}:${smartHost.port}` : job.domain;
      const { requireTls, concurrency, perMinute } = await options.delivery();
      // A smart host is one's own; the limits are for strangers.
      const limits = smartHost
        ? { concurrency: MAX_TO_SMART_HOST, perMinute: 0 }
        : { concurrency, perMinute };
      const result = await destinations.run(name, limits, () => attempt(name, job, requireTls));
      if (Array.isArray(result)) return result;
      const { kind: _, ...rest } = result;
      return job.recipients.map((): Verdict => ({ kind: 'deferred', ...rest }));
    },
    async sweep() {
      await deleteOldSts(db, clock.now());
      await deleteOldDestinations(db, new Date(clock.ms() - KEEP_MS));
    },
    stop() {
      pool.stop();
      destinations.stop();
    },
  };
}

function answerAll(job: RemoteJob, { status, reply }: { status: string; reply: string }): Attempt {
  return {
    kind: 'answered',
    verdicts: job.recipients.map((): Verdict => ({ kind: 'failed', status, reply, remote: '' })),
  };
}

function whyOf(error: LinkError, remote: string): NotHere {
  const status =
    error.trouble === 'connect' ? '4.4.1' : error.trouble === 'tls' ? '4.7.5' : (temporary(error) ?? '4.4.2');
  return { status, reply: error.message, remote };
}

function temporary({ reply }: LinkError): string | undefined {
  return reply?.enhanced?.startsWith('4') ? reply.enhanced : undefined;
}
