import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A number for a transfer that people can read out: 13 characters, 65 random bits, no i, l, o, u. */
export function newRef(): string {
  return [...randomBytes(13)].map((byte) => ALPHABET[byte & 31]).join('');
}
