/** A DKIM-Signature that is as nearly all are: no length limit, relaxed header, SHA-256. */
export interface Signature {
  algorithm: 'rsa' | 'ed25519';
  /** Canonicalisation of the body. */
  body: 'relaxed' | 'simple';
  domain: string;
  selector: string;
  /** Signed fields in their order, lower case. */
  fields: string[];
  bodyHash: string;
  signature: Buffer;
  /** First characters of b=, to tell signatures apart (RFC 6008). */
  mark: string;
  /** The identity lies in a subdomain of d=. */
  subdomain: boolean;
  /** What was signed of this field itself: everything but the value of b=. */
  unsigned: string;
}

/** Fields that one signature may name; each is looked for. */
const MAX_FIELDS = 200;
const NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads a DKIM-Signature field (RFC 6376 §3.5); undefined when it is malformed or uses what is rare (l=, x= in the
 * past, simple headers, SHA-1), which is left to a complete verifier. `now` in seconds.
 */
export function parseSignature(field: string, now: number): Signature | undefined {
  const colon = field.indexOf(':');
  const tags = parseTags(field.slice(colon + 1).replace(/\r\n/g, ''));
  if (tags?.get('v') !== '1' || tags.has('l')) return undefined;
  const algorithm = ALGORITHMS.get(tags.get('a')?.toLowerCase() ?? '');
  const body = BODIES.get(tags.get('c')?.toLowerCase() ?? '');
  const domain = tags.get('d') ?? '';
  const selector = tags.get('s') ?? '';
  const fields = (tags.get('h') ?? '')
    .toLowerCase()
    .split(':')
    .map((name) => name.trim());
  const bodyHash = (tags.get('bh') ?? '').replace(/\s/g, '');
  const signature = (tags.get('b') ?? '').replace(/\s/g, '');
  const identity = identityOf(tags.get('i'), domain);
  if (!algorithm || !body || !NAME.test(domain) || !NAME.test(selector) || identity === undefined)
    return undefined;
  if (!fields.includes('from') || fields.length > MAX_FIELDS) return undefined;
  if (!BASE64.test(bodyHash) || !BASE64.test(signature) || !timely(tags, now)) return undefined;
  const query = tags.get('q');
  if (query !== undefined && query !== 'dns/txt') return undefined;
  return {
    algorithm,
    body,
    domain: domain.toLowerCase(),
    selector,
    fields,
    bodyHash,
    signature: Buffer.from(signature, 'base64'),
    mark: signature.slice(0, 8),
    subdomain: identity === 'subdomain',
    unsigned: `${field.slice(0, colon + 1)}${field.slice(colon + 1).replace(/(^|;)(\s*b\s*=)[^;]*/, '$1$2')}`,
  };
}

const ALGORITHMS: ReadonlyMap<string, 'rsa' | 'ed25519'> = new Map([
  ['rsa-sha256', 'rsa'],
  ['ed25519-sha256', 'ed25519'],
]);
const BODIES: ReadonlyMap<string, 'relaxed' | 'simple'> = new Map([
  ['relaxed/relaxed', 'relaxed'],
  ['relaxed/simple', 'simple'],
  ['relaxed', 'simple'],
]);

/** Tags of a tag-list (§3.2); undefined when one comes twice or has no name. */
function parseTags(text: string): Map<string, string> | undefined {
  const tags = new Map<string, string>();
  const parts = text.split(';');
  if (parts.at(-1)?.trim() === '') parts.pop();
  for (const part of parts) {
    const match = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*([\s\S]*?)\s*$/.exec(part);
    if (!match?.[1] || tags.has(match[1])) return undefined;
    tags.set(match[1], match[2] ?? '');
  }
  return tags;
}

function identityOf(value: string | undefined, domain: string): 'same' | 'subdomain' | undefined {
  if (value === undefined) return 'same';
  const host = /^[A-Za-z0-9!#$%&'*+/?^_`{|}~.-]{0,64}@([A-Za-z0-9._-]+)$/.exec(value)?.[1]?.toLowerCase();
  if (host === undefined) return undefined;
  if (host === domain.toLowerCase()) return 'same';
  return host.endsWith(`.${domain.toLowerCase()}`) ? 'subdomain' : undefined;
}

function timely(tags: ReadonlyMap<string, string>, now: number): boolean {
  const [made, expires] = [tags.get('t'), tags.get('x')];
  if (made !== undefined && (!/^\d{1,12}$/.test(made) || Number(made) > now + 300)) return false;
  if (expires === undefined) return true;
  return (
    /^\d{1,12}$/.test(expires) &&
    Number(expires) > now &&
    (made === undefined || Number(expires) > Number(made))
  );
}

export interface KeyRecord {
  algorithm: string;
  /** Value of p=; empty = revoked. */
  key: string;
  sha256: boolean;
  forMail: boolean;
  /** t=s: no identities in subdomains. */
  strict: boolean;
}

/** Reads a key record (§3.6.1); undefined when it is none. */
export function parseKeyRecord(text: string): KeyRecord | undefined {
  const tags = parseTags(text);
  const key = tags?.get('p');
  if (!tags || key === undefined || (tags.has('v') && tags.get('v') !== 'DKIM1')) return undefined;
  const list = (name: string) =>
    tags
      .get(name)
      ?.toLowerCase()
      .split(':')
      .map((one) => one.trim());
  const services = list('s');
  return {
    algorithm: tags.get('k')?.toLowerCase() ?? 'rsa',
    key: key.replace(/\s/g, ''),
    sha256: list('h')?.includes('sha256') ?? true,
    forMail: services === undefined || services.includes('*') || services.includes('email'),
    strict: list('t')?.includes('s') ?? false,
  };
}
