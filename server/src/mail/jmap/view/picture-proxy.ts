import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

export interface Picture {
  type: string;
  bytes: Buffer;
}

export interface PictureProxyOptions {
  /** All addresses of a host; the system's resolver when absent. */
  resolve?: (host: string) => Promise<string[]>;
  /** Which addresses may be connected to; the public internet when absent. */
  allowed?: (address: string) => boolean;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 3;
const TIMEOUT_MS = 10_000;
/** SVG may hold scripts and further addresses. */
const TYPES = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/bmp',
  'image/avif',
  'image/x-icon',
  'image/vnd.microsoft.icon',
]);

/**
 * Fetches a remote picture without telling who reads the mail. Every hop is resolved first, each address of it must be
 * public, and the connection goes to the very address that was checked, so a second DNS answer changes nothing.
 * Undefined for whatever is not a picture of a public web server.
 */
export function createPictureProxy(
  options: PictureProxyOptions = {},
): (url: string) => Promise<Picture | undefined> {
  const resolve =
    options.resolve ?? (async (host) => (await lookup(host, { all: true })).map((found) => found.address));
  const allowed = options.allowed ?? isPublicAddress;

  async function addressOf(host: string): Promise<string | undefined> {
    const bare = host.replace(/^\[|\]$/g, '');
    const addresses = isIP(bare) ? [bare] : await resolve(bare);
    return addresses.length > 0 && addresses.every(allowed) ? addresses[0] : undefined;
  }

  return async (text) => {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    try {
      let url = new URL(text);
      for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
        if (!isPlainWeb(url)) return undefined;
        const address = await addressOf(url.hostname);
        if (address === undefined) return undefined;
        const response = await get(url, address, deadline);
        const { location } = response.headers;
        if ((response.statusCode ?? 0) >= 300 && (response.statusCode ?? 0) < 400 && location) {
          response.destroy();
          url = new URL(location, url);
        } else return await read(response);
      }
    } catch {
      // Whatever goes wrong out there, the mail just shows no picture.
    }
    return undefined;
  };
}

/** The usual ports only, so that nobody scans through us; no password in the address. */
function isPlainWeb(url: URL): boolean {
  return (
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === '' &&
    (url.port === '' || /^(80|443|8080|8443)$/.test(url.port))
  );
}

function get(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const family = isIP(address);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        signal,
        agent: false,
        headers: { accept: 'image/*', 'user-agent': 'Mozilla/5.0 (mail picture proxy)' },
        lookup: (_host, lookupOptions, done) =>
          lookupOptions.all ? done(null, [{ address, family }]) : done(null, address, family),
      },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

async function read(response: IncomingMessage): Promise<Picture | undefined> {
  const type = (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const declared = Number(response.headers['content-length'] ?? 0);
  if (response.statusCode !== 200 || !TYPES.has(type) || declared > MAX_BYTES) {
    response.destroy();
    return undefined;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) return undefined;
    size += chunk.length;
    if (size > MAX_BYTES) {
      response.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return { type, bytes: Buffer.concat(chunks) };
}
