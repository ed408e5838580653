import type { Account } from '@hongyan/contract';
import type { Box } from '../kit/crypto/index.ts';
import type { AccountRow } from './accounts.store.ts';
import { maskPhone } from './names.ts';

/** ADM-4.5: an expired or deleted account is gone for good after seven days. */
export const GRACE_MS = 7 * 86_400_000;

/** What the console sees of an account; a new column shows only when it is added here. */
export function presentAccount(
  row: AccountRow,
  box: Box,
  known: { usedBytes?: number; lastSignIn?: Date } = {},
): Account {
  const endedAt = row.deleted_at ?? (row.state === 'expired' ? row.expires_at : null);
  return {
    id: row.id,
    account: row.local,
    name: row.name,
    address: `${row.local}@${row.domain}`,
    ...(row.number === null ? {} : { number: row.number }),
    kind: row.person_kind,
    ...(row.unit_default ? {} : { unit: { id: row.unit_id, name: row.unit_name, path: row.unit_path } }),
    ...(row.post === null ? {} : { post: row.post }),
    state: row.state,
    ...(row.expires_at ? { expiresAt: row.expires_at.toISOString() } : {}),
    ...(endedAt ? { purgeAt: new Date(endedAt.getTime() + GRACE_MS).toISOString() } : {}),
    listed: row.listed,
    aliases: row.aliases,
    quotaBytes: row.quota_bytes,
    usedBytes: known.usedBytes ?? 0,
    ...(known.lastSignIn ? { lastSignIn: known.lastSignIn.toISOString() } : {}),
    protocols: { web: row.allow_web, imap: row.allow_imap, pop3: row.allow_pop3, smtp: row.allow_smtp },
    ...(row.office_phone === null ? {} : { officePhone: row.office_phone }),
    ...(row.mobile === null ? {} : { mobile: row.mobile }),
    ...(row.bound_phone ? { boundPhone: maskPhone(box.open('bound_phone', row.bound_phone)) } : {}),
    tier: row.tier,
    createdAt: row.created_at.toISOString(),
  };
}
