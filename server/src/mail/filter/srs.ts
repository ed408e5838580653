import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bounces come back within this many days; a stolen address is of no use afterwards. */
const VALID_DAYS = 21;
const DAY_MS = 86_400_000;
/** Days are counted modulo this: two characters of base 32. */
const CYCLE = 1_024;
/** RFC 5321 §4.5.3.1.1: a longer local part is refused by many. */
const MAX_LOCAL = 64;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Sender rewriting: mail of a foreign sender that leaves us again carries an address of ours, so that SPF holds at the
 * next host and its bounces find their way back. Rewritten addresses are `SRS0=hash=day=domain=local@ours`; one that
 * another forwarder made becomes `SRS1=hash=forwarder==rest@ours`.
 */
export interface Srs {
  /** Undefined when the result would be too long. */
  forward(sender: string, now: Date): string | undefined;
  /** The address that a bounce to ours is for; undefined when it is not one of ours, forged or too old. */
  reverse(address: string, now: Date): string | undefined;
}

export function createSrs(key: Buffer, domain: string): Srs {
  /** Case does not survive all mail servers, so the hash has none. */
  const hash = (...parts: string[]) => {
    const digest = createHmac('sha256', key).update(parts.join('=').toLowerCase()).digest();
    return [...digest.subarray(0, 8)].map((byte) => ALPHABET[byte & 31]).join('');
  };
  const same = (given: string, wanted: string) =>
    given.length === wanted.length && timingSafeEqual(Buffer.from(given.toLowerCase()), Buffer.from(wanted));

  return {
    forward(sender, now) {
      const at = sender.lastIndexOf('@');
      const local = sender.slice(0, at);
      const host = sender.slice(at + 1);
      const other = /^SRS([01])[=+-](.+)$/i.exec(local);
      let made: string;
      if (other?.[1] === '0') made = `SRS1=${hash(host, `=${other[2]}`)}=${host}==${other[2]}`;
      else if (other?.[1] === '1') {
        // Only the first forwarder needs to hear of it: our own hash replaces the one before us.
        const rest = /^[^=]+=([^=]+)=(.+)$/.exec(other[2] ?? '');
        if (!rest) return undefined;
        made = `SRS1=${hash(rest[1] ?? '', rest[2] ?? '')}=${rest[1]}=${rest[2]}`;
      } else {
        const stamp = stampOf(now);
        made = `SRS0=${hash(stamp, host, local)}=${stamp}=${host}=${local}`;
      }
      return made.length > MAX_LOCAL ? undefined : `${made}@${domain}`;
    },
    reverse(address, now) {
      const at = address.lastIndexOf('@');
      if (at < 0 || address.slice(at + 1).toLowerCase() !== domain.toLowerCase()) return undefined;
      const match = /^SRS([01])=([a-z2-7]{8})=(.+)$/i.exec(address.slice(0, at));
      const [, kind, given = '', rest = ''] = match ?? [];
      if (kind === '0') {
        const [, stamp = '', host = '', local = ''] = /^([a-z2-7]{2})=([^=]+)=(.+)$/i.exec(rest) ?? [];
        if (local === '' || !same(given, hash(stamp, host, local)) || !isFresh(stamp, now)) return undefined;
        return `${local}@${host}`;
      }
      const [, host = '', tail = ''] = /^([^=]+)=(=.+)$/.exec(rest) ?? [];
      if (kind !== '1' || tail === '' || !same(given, hash(host, tail))) return undefined;
      return `SRS0${tail}@${host}`;
    },
  };
}

function stampOf(now: Date): string {
  const day = Math.floor(now.getTime() / DAY_MS) % CYCLE;
  return `${ALPHABET[day >> 5]}${ALPHABET[day & 31]}`;
}

function isFresh(stamp: string, now: Date): boolean {
  const [high = '', low = ''] = stamp.toLowerCase();
  const day = ALPHABET.indexOf(high) * 32 + ALPHABET.indexOf(low);
  const today = Math.floor(now.getTime() / DAY_MS) % CYCLE;
  const age = (today - day + CYCLE) % CYCLE;
  // A clock that is a day ahead elsewhere does no harm.
  return age <= VALID_DAYS || age === CYCLE - 1;
}
