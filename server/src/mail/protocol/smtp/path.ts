/** An envelope address; `''` is the null path `<>`. */
export interface Path {
  /** As given, domain in lower case. */
  address: string;
  local: string;
  domain: string;
  /** Non-ASCII inside: needs SMTPUTF8. */
  utf8: boolean;
}

/** RFC 5321 §4.5.3.1: 64 and 255 octets; a path is 256 with its brackets. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
const ATEXT =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u;
const LABEL =
  /^[A-Za-z0-9\u0080-\u{10ffff}](?:[A-Za-z0-9\u0080-\u{10ffff}-]*[A-Za-z0-9\u0080-\u{10ffff}])?$/u;
const LITERAL = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]$/;

/** Splits and checks `local@domain` (RFC 5321 §4.1.2, RFC 6531); undefined when it is none. */
export function parseMailbox(text: string): Path | undefined {
  const at = text.lastIndexOf('@');
  if (at <= 0) return undefined;
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  if (Buffer.byteLength(local) > MAX_LOCAL || Buffer.byteLength(domain) > MAX_DOMAIN) return undefined;
  if (!isLocalPart(local) || !isDomain(domain)) return undefined;
  const lower = domain.toLowerCase();
  return { address: `${local}@${lower}`, local, domain: lower, utf8: /[^\x00-\x7f]/.test(text) };
}

function isLocalPart(local: string): boolean {
  if (ATEXT.test(local)) return true;
  return /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e\u0080-\u{10ffff}]|\\[\x20-\x7e])+"$/u.test(local);
}

function isDomain(domain: string): boolean {
  if (LITERAL.test(domain)) return true;
  return domain.split('.').every((label) => label.length <= 63 && LABEL.test(label));
}

export interface PathWithParameters {
  /** Undefined for the null path. */
  path: Path | undefined;
  /** Names in upper case. */
  params: Map<string, string | undefined>;
}

/** More parameters than all extensions define. */
const MAX_PARAMS = 20;

/**
 * Reads `<path> NAME=value …` behind `MAIL FROM:` or `RCPT TO:`. A space after the colon is let pass, since real
 * clients send it; brackets are required. `<postmaster>` is accepted for RCPT (§4.1.1.3).
 */
export function parsePath(
  text: string,
  options: { allowNull: boolean; domain: string },
): PathWithParameters | undefined {
  const match = /^ ?<(?:@[^:<>]*:)?("(?:[^"\\]|\\.)*"@[^<>\s]*|[^<>\s]*)>(?: +(.*))?$/.exec(text.trimEnd());
  if (!match) return undefined;
  const inner = match[1] ?? '';
  const params = parseParameters(match[2] ?? '');
  if (!params) return undefined;
  if (inner === '') return options.allowNull ? { path: undefined, params } : undefined;
  const full = !options.allowNull && /^postmaster$/i.test(inner) ? `${inner}@${options.domain}` : inner;
  const path = parseMailbox(full);
  return path && { path, params };
}

function parseParameters(text: string): Map<string, string | undefined> | undefined {
  const params = new Map<string, string | undefined>();
  const words = text.split(' ').filter((word) => word !== '');
  if (words.length > MAX_PARAMS) return undefined;
  for (const word of words) {
    const match = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\x00-\x20=\x7f]+))?$/.exec(word);
    if (!match?.[1]) return undefined;
    const name = match[1].toUpperCase();
    if (params.has(name)) return undefined;
    params.set(name, match[2]);
  }
  return params;
}

/** Decodes xtext of ENVID and ORCPT (RFC 3461 §4); undefined when malformed. */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
  return text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function encodeXtext(text: string): string {
  return text.replace(/[^!-*,-<>-~]/g, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `+${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
