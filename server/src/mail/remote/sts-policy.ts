/** A domain's MTA-STS policy (RFC 8461 §3.2). */
export interface StsPolicy {
  mode: 'enforce' | 'testing' | 'none';
  /** Patterns: a host name, or `*.` and one. */
  mx: string[];
  /** Seconds. */
  maxAge: number;
}

/** RFC 8461 §3.2: about one year at most. */
const MAX_AGE = 31_557_600;
/** A policy with more patterns is none. */
const MAX_MX = 200;

/** The id of `_mta-sts` TXT records; undefined when there is no policy to fetch (RFC 8461 §3.1). */
export function stsRecordId(records: readonly string[]): string | undefined {
  const ours = records.filter((text) => /^v=STSv1\s*(;|$)/.test(text));
  if (ours.length !== 1) return undefined;
  return /;\s*id\s*=\s*([A-Za-z0-9]{1,32})\s*(?:;|$)/.exec(ours[0] ?? '')?.[1];
}

/** Undefined when it is no valid policy: then there is none. */
export function parseStsPolicy(text: string): StsPolicy | undefined {
  const fields = new Map<string, string>();
  const mx: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([A-Za-z0-9_.-]{1,32})\s*:\s*(.*?)\s*$/.exec(line);
    if (!match?.[1]) continue;
    const value = match[2] ?? '';
    if (match[1] === 'mx') mx.push(value.toLowerCase().replace(/\.$/, ''));
    else if (!fields.has(match[1])) fields.set(match[1], value);
  }
  const mode = fields.get('mode');
  const age = fields.get('max_age') ?? '';
  if (fields.get('version') !== 'STSv1' || !/^\d{1,10}$/.test(age)) return undefined;
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return undefined;
  if (mx.length > MAX_MX || (mode !== 'none' && mx.length === 0)) return undefined;
  return { mode, mx, maxAge: Math.min(Number(age), MAX_AGE) };
}

/** A pattern's star stands for exactly one label (RFC 8461 §4.1). */
export function stsAllows(policy: StsPolicy, host: string): boolean {
  const name = host.toLowerCase();
  return policy.mx.some(
    (pattern) =>
      pattern === name ||
      (pattern.startsWith('*.') &&
        name.slice(name.indexOf('.')) === pattern.slice(1) &&
        name.indexOf('.') > 0),
  );
}
