import { Resolver } from 'node:dns/promises';

export type MxAnswer =
  | { kind: 'hosts'; hosts: string[] }
  /** The domain does not exist, or says that it takes no mail (RFC 7505). */
  | { kind: 'none'; status: string; reason: string }
  /** The resolver could not tell: try again. */
  | { kind: 'unknown'; reason: string };

const TIMEOUT_MS = 5_000;
/** A domain with more exchangers than this is not tried to its end (RFC 5321 §5.1). */
const MAX_HOSTS = 10;

/** Finds where mail of a domain goes (RFC 5321 §5.1). `server` is `host:port` of another resolver. */
export function createMxResolver(server: string | undefined): (domain: string) => Promise<MxAnswer> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  if (server) resolver.setServers([server]);

  return async (domain) => {
    const literal = /^\[(?:IPv6:)?([0-9a-f.:]+)\]$/i.exec(domain);
    if (literal?.[1]) return { kind: 'hosts', hosts: [literal[1]] };
    try {
      const records = await resolver.resolveMx(domain);
      records.sort((a, b) => a.priority - b.priority || Math.random() - 0.5);
      const hosts = records.map((record) => record.exchange).filter((host) => host !== '' && host !== '.');
      if (records.length > 0 && hosts.length === 0)
        return { kind: 'none', status: '5.1.10', reason: `${domain} takes no mail` };
      if (hosts.length > 0) return { kind: 'hosts', hosts: hosts.slice(0, MAX_HOSTS) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOTFOUND')
        return { kind: 'none', status: '5.1.2', reason: `the domain ${domain} does not exist` };
      if (code !== 'ENODATA')
        return { kind: 'unknown', reason: `the name of ${domain} could not be looked up` };
    }
    // No MX record: the domain's own address counts as one.
    return { kind: 'hosts', hosts: [domain] };
  };
}
