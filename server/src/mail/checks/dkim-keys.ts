import { createPublicKey, type KeyObject } from 'node:crypto';

/** Keys kept; reading one costs as much as five verifications. */
const MAX_KEYS = 5_000;
/** RFC 8301 §3.2: shorter RSA keys prove nothing. */
const MIN_RSA_BITS = 1_024;
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const keys = new Map<string, KeyObject | 'malformed' | 'weak'>();

/** The public key of a record's p= value. */
export function publicKeyOf(algorithm: 'rsa' | 'ed25519', text: string): KeyObject | 'malformed' | 'weak' {
  const name = `${algorithm} ${text}`;
  const known = keys.get(name);
  if (known) return known;
  const key = readKey(algorithm, Buffer.from(text, 'base64'));
  keys.set(name, key);
  if (keys.size > MAX_KEYS) {
    const [oldest] = keys.keys();
    if (oldest !== undefined) keys.delete(oldest);
  }
  return key;
}

function readKey(algorithm: 'rsa' | 'ed25519', bytes: Buffer): KeyObject | 'malformed' | 'weak' {
  const der = algorithm === 'ed25519' && bytes.length === 32 ? Buffer.concat([ED25519_PREFIX, bytes]) : bytes;
  // Some publish the bare PKCS#1 key that RFC 6376 §3.6.1 names, most the SPKI that its example shows.
  for (const type of ['spki', 'pkcs1'] as const) {
    try {
      const key = createPublicKey({ key: der, format: 'der', type });
      if (key.asymmetricKeyType !== algorithm) return 'malformed';
      const bits = key.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS;
      return bits < MIN_RSA_BITS ? 'weak' : key;
    } catch {
      // The other form may fit.
    }
  }
  return 'malformed';
}
