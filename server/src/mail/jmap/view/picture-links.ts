import { hmac, sameBytes } from '../../../kit/crypto/index.ts';

/**
 * Signed links to pictures. The frame that shows a mail has no origin and so sends no cookie; the signature says that
 * somebody who may read the mail was given this link, and keeps the proxy from being everybody's.
 */
export interface PictureLinks {
  part(accountId: string, blobId: string): string;
  remote(url: string): string;
  /** What a link names; undefined when it was not made by us, or is too old. */
  check(query: { a?: string; b?: string; u?: string; t?: string; k?: string }): PictureTarget | undefined;
}

export type PictureTarget =
  | { kind: 'part'; accountId: string; blobId: string }
  | { kind: 'remote'; url: string };

/** A mail stays open in a tab for so long. */
const LIFETIME_MS = 12 * 3_600_000;
/** Links made within the same hour are equal, so browsers keep the picture. */
const STEP_MS = 3_600_000;

export function createPictureLinks(key: Buffer, nowMs: () => number): PictureLinks {
  const sign = (...parts: string[]) =>
    hmac(key, ...parts)
      .subarray(0, 18)
      .toString('base64url');
  const expiry = () => String(Math.ceil((nowMs() + LIFETIME_MS) / STEP_MS) * STEP_MS);
  return {
    part(accountId, blobId) {
      const t = expiry();
      return `/mail-picture?${new URLSearchParams({ a: accountId, b: blobId, t, k: sign('part', accountId, blobId, t) })}`;
    },
    remote(url) {
      const t = expiry();
      return `/mail-picture?${new URLSearchParams({ u: url, t, k: sign('remote', url, t) })}`;
    },
    check({ a, b, u, t, k }) {
      if (t === undefined || k === undefined || !/^\d{1,16}$/.test(t) || Number(t) < nowMs())
        return undefined;
      const given = Buffer.from(k);
      if (u !== undefined)
        return sameBytes(given, Buffer.from(sign('remote', u, t))) ? { kind: 'remote', url: u } : undefined;
      if (a === undefined || b === undefined || !sameBytes(given, Buffer.from(sign('part', a, b, t))))
        return undefined;
      return { kind: 'part', accountId: a, blobId: b };
    },
  };
}
