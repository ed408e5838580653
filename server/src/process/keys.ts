import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MasterKeys } from '../kit/crypto/index.ts';
import { startErrors } from './process.errors.ts';

/**
 * The master key: `{ "current": 1, "keys": { "1": "<32 bytes, base64>" } }`, 0600.
 * It is made at the first start; with data in the database and no key, starting would make that data unreadable.
 */
export function loadKeys(
  dataFolder: string,
  keyFile: string | undefined,
  databaseHasData: boolean,
): MasterKeys {
  const file = keyFile ?? join(dataFolder, 'keys', 'master.json');
  if (!existsSync(file)) {
    if (keyFile !== undefined) throw startErrors.key_unreadable({ file });
    if (databaseHasData) throw startErrors.key_missing({ file });
    const key = randomBytes(32);
    writeFileSync(file, `${JSON.stringify({ current: 1, keys: { 1: key.toString('base64') } })}\n`, {
      mode: 0o600,
      flush: true,
    });
  }
  return parse(file);
}

function parse(file: string): MasterKeys {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('current' in value) || !('keys' in value))
      throw new Error('shape');
    if (typeof value.keys !== 'object' || value.keys === null) throw new Error('shape');
    const keys = new Map<number, Buffer>();
    for (const [version, text] of Object.entries(value.keys)) {
      const key = Buffer.from(String(text), 'base64');
      if (key.length !== 32) throw new Error('length');
      keys.set(Number(version), key);
    }
    const current = Number(value.current);
    if (!keys.has(current)) throw new Error('current');
    return { current, keys };
  } catch (error) {
    throw startErrors.key_unreadable({ file }, { cause: error });
  }
}
