import { getServers } from 'node:dns';
import { type DnsServer, queryServers } from './client.ts';
import { type DnsAnswer, type DnsRecord, type RecordData, type RecordType, TYPES } from './wire.ts';

/** What one look-up gave. `none`: the name exists without such a record; `missing`: no such name. */
export type DnsResult =
  | { kind: 'found'; records: RecordData[]; ttl: number; authentic: boolean }
  | { kind: 'none' | 'missing'; ttl: number; authentic: boolean }
  /** The resolver could not tell: try again later. */
  | { kind: 'trouble'; reason: string };

export interface DnsResolver {
  /** Never rejects. Answers are kept for their TTL; the same question asked at once is sent once. */
  lookup(name: string, type: RecordType): Promise<DnsResult>;
}

export interface DnsResolverOptions {
  /** `host:port`; `none` answers trouble at once; undefined = the system's servers. */
  server?: string;
  /** Milliseconds, for TTLs. */
  now?: () => number;
  tryMs?: number;
}

/** Names kept; older ones go first. Without a bound a stranger's made-up names fill the memory. */
const MAX_CACHED = 20_000;
/** However long a TTL says: a changed record is seen within an hour. */
const MAX_TTL = 3_600;
/** RFC 2308 §5 leaves the cap of negative answers to us. */
const MAX_NEGATIVE_TTL = 300;
/** Trouble is remembered shortly, so that a dead resolver does not make each message wait (RFC 2308 §7). */
const TROUBLE_TTL = 5;
/** Questions in a row without any answer until the resolver counts as away; a single one may be a stranger's dead name. */
const MAX_SILENCES = 3;
/** Aliases followed when the resolver left that to us. */
const MAX_ALIASES = 8;

/** A stub resolver with a cache of its own; Node's has neither TTLs nor the AD flag. */
export function createDnsResolver(options: DnsResolverOptions = {}): DnsResolver {
  const now = options.now ?? (() => performance.now());
  const servers = serversOf(options.server);
  const cache = new Map<string, { result: DnsResult; until: number }>();
  const pending = new Map<string, Promise<DnsResult>>();
  /** Until then every question is answered with trouble: no server spoke at all. */
  let silentUntil = 0;
  let silences = 0;

  async function ask(name: string, type: RecordType): Promise<DnsResult> {
    if (servers.length === 0) return { kind: 'trouble', reason: 'no resolver is set' };
    if (now() < silentUntil) return { kind: 'trouble', reason: 'the resolver is away' };
    try {
      const answer = await queryServers(servers, name, TYPES[type], options.tryMs);
      silences = 0;
      return toResult(answer, name, TYPES[type]);
    } catch (error) {
      // A name that cannot exist.
      if (error instanceof RangeError) return { kind: 'missing', ttl: MAX_NEGATIVE_TTL, authentic: false };
      if (++silences >= MAX_SILENCES) silentUntil = now() + TROUBLE_TTL * 1_000;
      return { kind: 'trouble', reason: error instanceof Error ? error.message : 'failed' };
    }
  }

  function keep(key: string, result: DnsResult): void {
    const ttl =
      result.kind === 'trouble'
        ? TROUBLE_TTL
        : Math.min(result.ttl, result.kind === 'found' ? MAX_TTL : MAX_NEGATIVE_TTL);
    cache.delete(key);
    cache.set(key, { result, until: now() + ttl * 1_000 });
    if (cache.size <= MAX_CACHED) return;
    const [oldest] = cache.keys();
    if (oldest !== undefined) cache.delete(oldest);
  }

  return {
    lookup(name, type) {
      const key = `${type} ${name.replace(/\.$/, '').toLowerCase()}`;
      const known = cache.get(key);
      if (known && known.until > now()) return Promise.resolve(known.result);
      const running = pending.get(key);
      if (running) return running;
      const asked = ask(name.replace(/\.$/, ''), type).then((result) => {
        pending.delete(key);
        keep(key, result);
        return result;
      });
      pending.set(key, asked);
      return asked;
    },
  };
}

function serversOf(server: string | undefined): DnsServer[] {
  if (server === 'none') return [];
  const list = server === undefined ? getServers().slice(0, 3) : [server];
  return list.map((text) => {
    const match = /^\[?([^\]]+?)\]?(?::(\d{1,5}))?$/.exec(text);
    const bare = text.includes('::') && !text.startsWith('[');
    return bare ? { host: text, port: 53 } : { host: match?.[1] ?? text, port: Number(match?.[2] ?? 53) };
  });
}

function toResult(answer: DnsAnswer, name: string, type: number): DnsResult {
  const { authentic } = answer;
  const minimum = answer.authority.find((record) => record.data.kind === 'soa');
  // Without SOA a negative answer is not to be kept long.
  const negative = minimum?.data.kind === 'soa' ? Math.min(minimum.ttl, minimum.data.minimum) : 30;
  if (answer.code === 3) return { kind: 'missing', ttl: negative, authentic };
  if (answer.code !== 0) return { kind: 'trouble', reason: `the resolver answered ${answer.code}` };
  const found = follow(answer.answers, name, type);
  if (found.length === 0) return { kind: 'none', ttl: negative, authentic };
  return {
    kind: 'found',
    records: found.filter((record) => record.type === type).map((record) => record.data),
    ttl: Math.min(...found.map((record) => record.ttl)),
    authentic,
  };
}

/** Records of the name itself or of where its aliases lead, with the aliases, whose TTLs count too. */
function follow(records: readonly DnsRecord[], name: string, type: number): DnsRecord[] {
  let wanted = name.toLowerCase();
  const aliases: DnsRecord[] = [];
  for (let hops = 0; hops <= MAX_ALIASES; hops++) {
    const here = records.filter((record) => record.name.toLowerCase() === wanted);
    const found = here.filter((record) => record.type === type);
    if (found.length > 0) return [...aliases, ...found];
    const alias = here.find((record) => record.type === TYPES.CNAME);
    if (alias?.data.kind !== 'name') return [];
    aliases.push(alias);
    wanted = alias.data.name.toLowerCase();
  }
  return [];
}
