import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { hmac } from './token.ts';

/**
 * Encrypts small secrets (national ID, bound phone) for the database and finds them again by exact value.
 * Sealed form: version(1) ‖ nonce(12) ‖ tag(16) ‖ ciphertext, AES-256-GCM with the column's name as associated data,
 * so a value moved into another column does not open.
 */
export interface Box {
  seal(column: string, plain: string): Buffer;
  /** Throws when the bytes were changed, belong to another column, or need a key version that is not loaded. */
  open(column: string, sealed: Buffer): string;
  /** Same input, same output, under a key of its own: for unique indexes and exact look-up. */
  blindIndex(column: string, plain: string): Buffer;
  /** A key derived for one named purpose. */
  derive(purpose: string): Buffer;
}

export interface MasterKeys {
  current: number;
  /** Key version to 32 random bytes. */
  keys: Map<number, Buffer>;
}

export function createBox(master: MasterKeys): Box {
  const newest = master.keys.get(master.current);
  if (!newest) throw new Error('the current master key is missing');
  const oldest = master.keys.get(Math.min(...master.keys.keys())) ?? newest;
  const derive = (key: Buffer, purpose: string) => Buffer.from(hkdfSync('sha256', key, '', purpose, 32));
  // The index key never rotates with the others, or every stored index would have to be rebuilt at once.
  const indexKey = derive(oldest, 'blind-index');
  const sealKeys = new Map([...master.keys].map(([version, key]) => [version, derive(key, 'seal')]));

  return {
    seal(column, plain) {
      const key = sealKeys.get(master.current);
      if (!key) throw new Error('the current master key is missing');
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(Buffer.from(column));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([master.current]), nonce, cipher.getAuthTag(), body]);
    },
    open(column, sealed) {
      const key = sealKeys.get(sealed[0] ?? 0);
      if (!key) throw new Error(`master key version ${sealed[0]} is not loaded`);
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13));
      decipher.setAAD(Buffer.from(column));
      decipher.setAuthTag(sealed.subarray(13, 29));
      return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString('utf8');
    },
    blindIndex: (column, plain) => hmac(indexKey, column, plain),
    derive: (purpose) => derive(oldest, purpose),
  };
}
