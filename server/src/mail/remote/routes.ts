import { replyText } from '../protocol/smtp/index.ts';
import { type Link, LinkError, openLink } from './link.ts';
import { tlsOptions } from './secure.ts';

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
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/i.test(url.hostname);
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

/** Connects and signs in; rejects with LinkError. */
export async function connectToRoute(route: Route, hostname: string, ca: string | undefined): Promise<Link> {
  const options = { ...tlsOptions(route.host, ca), rejectUnauthorized: route.verify };
  const link = await openLink(
    {
      host: route.host,
      address: route.host,
      port: route.port,
      ...(route.tls === 'implicit' ? { implicitTls: options } : {}),
    },
    hostname,
  );
  try {
    const offered = link.extensions.has('STARTTLS');
    if (route.tls === 'required' && !offered) throw new LinkError('tls', `${link.remote} offers no TLS`);
    if (offered && (route.tls === 'required' || route.tls === 'maybe')) {
      await link.startTls(options);
      await link.ehlo();
    }
    if (route.auth) await signIn(link, route.auth);
    return link;
  } catch (error) {
    link.destroy();
    throw error;
  }
}

/** AUTH PLAIN or LOGIN (RFC 4954), whichever is offered. */
async function signIn(link: Link, { user, password }: { user: string; password: string }): Promise<void> {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const offered = (link.extensions.get('AUTH') ?? '').toUpperCase().split(' ');
  const lines = offered.includes('PLAIN')
    ? [`AUTH PLAIN ${encode(`\0${user}\0${password}`)}`]
    : ['AUTH LOGIN', encode(user), encode(password)];
  for (const [at, line] of lines.entries()) {
    link.send(line);
    const reply = await link.reply();
    const wanted = at === lines.length - 1 ? 235 : 334;
    if (reply.code !== wanted) throw new LinkError('refused', replyText(reply), { reply });
  }
}
