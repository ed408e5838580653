import { hmac } from '../../kit/crypto/index.ts';

/** Unguessable part of a release link: good for one message to one recipient, until it is released or expires. */
export function releaseKey(
  key: Buffer,
  row: { quarantine_id: number; address: string; held_at: Date },
): string {
  return hmac(key, 'release', String(row.quarantine_id), row.address, row.held_at.toISOString())
    .subarray(0, 18)
    .toString('base64url');
}

export function releaseUrl(
  origin: string,
  key: Buffer,
  row: { quarantine_id: number; address: string; held_at: Date },
): string {
  return `${origin}/api/v1/quarantine/${row.quarantine_id}/${releaseKey(key, row)}`;
}
