import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { DnsResolver } from '../../kit/dns/index.ts';
import { findSts, saveSts } from './sts.store.ts';
import { parseStsPolicy, type StsPolicy, stsRecordId } from './sts-policy.ts';

/** Gets a text by HTTPS: certificate checked, no redirects, bounded in size and time. Rejects otherwise. */
export type FetchText = (url: string, limits: { maxBytes: number; timeoutMs: number }) => Promise<string>;

export interface StsFound {
  policy: StsPolicy;
  /** The policy's own lines, for reports. */
  lines: string[];
}

/** RFC 8461 §3.3 suggests 64 kB and a minute. */
const FETCH = { maxBytes: 65_536, timeoutMs: 60_000 };
/** A policy host that is down is not asked for every message (RFC 8461 §3.3). */
const RETRY_MS = 300_000;
/** Domains remembered as unreachable. */
const MAX_FAILED = 10_000;

export interface MtaSts {
  /** The policy that holds for a domain now; `problem` is what went wrong in getting a new one. */
  find(domain: string): Promise<{ found?: StsFound; problem?: 'fetch' | 'invalid' }>;
}

/** MTA-STS as a sender sees it (RFC 8461): policies are kept in the database for their max_age. */
export function createMtaSts(parts: {
  db: Db;
  dns: DnsResolver;
  clock: Clock;
  fetchText: FetchText;
}): MtaSts {
  const { db, dns, clock, fetchText } = parts;
  const failed = new Map<string, { at: number; problem: 'fetch' | 'invalid' }>();
  const running = new Map<string, ReturnType<MtaSts['find']>>();

  async function find(domain: string): ReturnType<MtaSts['find']> {
    const [kept, record] = await Promise.all([findSts(db, domain), dns.lookup(`_mta-sts.${domain}`, 'TXT')]);
    const now = clock.now();
    const live = kept && kept.expires_at > now ? kept : undefined;
    const known = live && foundOf(live.policy);
    const texts =
      record.kind === 'found'
        ? record.records.flatMap((one) => (one.kind === 'txt' ? [Buffer.concat(one.strings).toString()] : []))
        : [];
    const id = stsRecordId(texts);
    // No record, or one that cannot be seen just now: a policy that we have still holds (RFC 8461 §3.1).
    if (id === undefined || live?.record_id === id) return known ? { found: known } : {};
    const earlier = failed.get(domain);
    if (earlier && earlier.at > now.getTime() - RETRY_MS)
      return { ...(known ? { found: known } : {}), problem: earlier.problem };
    try {
      const text = await fetchText(`https://mta-sts.${domain}/.well-known/mta-sts.txt`, FETCH);
      const fresh = foundOf(text);
      if (!fresh) return fail(domain, known, 'invalid');
      failed.delete(domain);
      const expires_at = new Date(now.getTime() + fresh.policy.maxAge * 1_000);
      await saveSts(db, { domain, record_id: id, policy: text, fetched_at: now, expires_at });
      return { found: fresh };
    } catch {
      return fail(domain, known, 'fetch');
    }
  }

  function fail(domain: string, known: StsFound | undefined, problem: 'fetch' | 'invalid') {
    if (failed.size >= MAX_FAILED) failed.clear();
    failed.set(domain, { at: clock.ms(), problem });
    return { ...(known ? { found: known } : {}), problem };
  }

  return {
    find(domain) {
      const under = running.get(domain);
      if (under) return under;
      const asked = find(domain).finally(() => running.delete(domain));
      running.set(domain, asked);
      return asked;
    },
  };
}

function foundOf(text: string): StsFound | undefined {
  const policy = parseStsPolicy(text);
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  return policy && { policy, lines: lines.slice(0, 50) };
}

/** The same over Node's client; `undici`'s fetch follows the system's trust. */
export const fetchTextByHttps: FetchText = async (url, { maxBytes, timeoutMs }) => {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'text/plain' },
  });
  if (response.status !== 200) throw new Error(`answered ${response.status}`);
  if (!/^text\/plain\b/i.test(response.headers.get('content-type') ?? '')) throw new Error('not a text');
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > maxBytes) throw new Error('too long');
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces).toString('utf8');
};
