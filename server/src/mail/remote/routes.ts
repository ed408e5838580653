/** A host that takes mail instead of the domain's own exchangers. */
export interface Route {
  host: string;
  port: number;
  /** `implicit`: from the first octet; `required`: STARTTLS or nothing; `maybe`: STARTTLS where offered; `none`. */
  tls: 'implicit' | 'required' | 'maybe' | 'none';
  /** The certificate must be valid and for this host. */
  verify: boolean;
  auth: { user: string; password: string } | undefined;
}

/** The way of a recipient domain; undefined = its own exchangers. */
export interface Routes {
  find(domain: string): Promise<Route | undefined>;
}

/** `smtp[s]://[user:password@]host:port` (HONGYAN_SMARTHOST). */
export function parseSmartHost(text: string): Route {
  const url = new URL(text);
  const implicit = url.protocol === 'smtps:';
  const loopback = /^(localhost|127\.|\[?::1)/.test(url.hostname);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (implicit ? 465 : 25) : Number(url.port),
    tls: implicit ? 'implicit' : loopback ? 'maybe' : 'required',
    verify: !loopback,
    auth:
      url.username === ''
        ? undefined
        : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
  };
}
