import { Readable } from 'node:stream';
import { sealMessage } from 'mailauth';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { AddressBook } from '../ports.ts';
import { fieldName } from '../protocol/dkim/index.ts';
import { decodeWords, parseAddresses } from '../protocol/mime/index.ts';
import type { Settings } from '../settings/index.ts';
import type { DkimKeys } from './keys.ts';
import { type Digest, digestMessage, signDigest } from './sign.ts';

export interface SignerParts {
  db: Db;
  addressBook: AddressBook;
  settings: Settings;
  keys: DkimKeys;
  clock: Clock;
  log: Logger;
  /** Our name: the authserv-id of the results that a seal repeats. */
  hostname: string;
}

export interface Signer {
  /**
   * What to put before a message that leaves for another domain: DKIM-Signature fields when its From is ours, an ARC
   * set when it is somebody else's mail that we pass on; else nothing. `open` gives the exact octets to be sent.
   */
  prefix(open: () => AsyncIterable<Buffer>): Promise<Buffer>;
}

const NOTHING = Buffer.alloc(0);

export function createSigner(parts: SignerParts): Signer {
  const { settings, keys, clock, log, hostname } = parts;

  async function sign(open: () => AsyncIterable<Buffer>): Promise<Buffer> {
    const rules = await settings.get('signing');
    if (!rules.enabled && !rules.arc) return NOTHING;
    const digest = await digestMessage(open());
    if (!digest) return NOTHING;
    const domains = await parts.addressBook.domains(parts.db);
    const author = authorDomain(digest);
    if (author !== undefined && domains.includes(author)) {
      if (!rules.enabled) return NOTHING;
      const active = await keys.active(author);
      const fields = await Promise.all(active.map((key) => signDigest(digest, key, clock.now())));
      return Buffer.from(fields.join(''), 'latin1');
    }
    return rules.arc ? seal(open, digest, domains[0]) : NOTHING;
  }

  async function seal(
    open: () => AsyncIterable<Buffer>,
    digest: Digest,
    domain: string | undefined,
  ): Promise<Buffer> {
    const results = ownResults(digest, hostname);
    const [key] = domain === undefined ? [] : await keys.active(domain);
    if (results === undefined || !key) return NOTHING;
    const chained = digest.fields.some((field) => fieldName(field) === 'arc-seal');
    const verdict = /\barc=(\w+)/.exec(results)?.[1];
    // A chain that we did not judge cannot be carried on honestly.
    if (chained && verdict !== 'pass' && verdict !== 'fail') return NOTHING;
    return sealMessage(Readable.from(open()), {
      signingDomain: key.domain,
      selector: key.selector,
      privateKey: key.key.export({ type: 'pkcs8', format: 'pem' }),
      authResults: results,
      cv: chained && verdict !== undefined ? verdict : 'none',
      signTime: clock.now(),
    });
  }

  return {
    async prefix(open) {
      try {
        return await sign(open);
      } catch (error) {
        // Unsigned mail may still be taken; mail that waits for a key for ever may not.
        log.error({ err: error }, 'a message could not be signed');
        return NOTHING;
      }
    },
  };
}

/** The one domain of From; undefined when there is none or several. */
function authorDomain(digest: Digest): string | undefined {
  const from = digest.fields.filter((field) => fieldName(field) === 'from');
  const [only] = from;
  if (only === undefined || from.length > 1) return undefined;
  const value = decodeWords(only.slice(only.indexOf(':') + 1).replace(/\r\n/g, ''));
  const hosts = parseAddresses(value).flatMap((address) =>
    address.host ? [address.host.toLowerCase()] : [],
  );
  return new Set(hosts).size === 1 ? hosts[0] : undefined;
}

/** Our own Authentication-Results of the message, put on top when it came in (forged ones were taken out then). */
function ownResults(digest: Digest, hostname: string): string | undefined {
  for (const field of digest.fields) {
    if (fieldName(field) !== 'authentication-results') continue;
    const value = field.slice(field.indexOf(':') + 1).trim();
    if (value.toLowerCase().startsWith(`${hostname.toLowerCase()};`)) return value;
  }
  return undefined;
}
