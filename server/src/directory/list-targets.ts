import { type ListTargets, MAX_LIST_ENTRIES } from '@hongyan/contract';
import type { Queryable } from '../kit/db/index.ts';
import { findAccounts } from './accounts.store.ts';
import type { Addresses } from './addresses.service.ts';
import { directoryErrors } from './directory.errors.ts';
import { findListIds } from './lists.store.ts';
import { checkDomain } from './names.ts';
import { findUnits } from './units.store.ts';

export const NO_TARGETS: ListTargets = { accountIds: [], unitIds: [], listIds: [], addresses: [] };

/**
 * Checks who is to stand on a list. Addresses of our own domains become the account or list that has them, so that
 * nobody stands there twice. Errors name `field`.
 */
export async function checkTargets(
  parts: { db: Queryable; addresses: Addresses; now: Date },
  listId: number | undefined,
  given: ListTargets,
  field: string,
): Promise<ListTargets> {
  const { db, now } = parts;
  const accountIds = new Set(given.accountIds);
  const listIds = new Set(given.listIds);
  const addresses = new Set<string>();
  for (const address of given.addresses) {
    const normal = normalize(address, field);
    const found = await parts.addresses.resolve(db, normal);
    if (found.kind === 'foreign') addresses.add(normal);
    else if (found.kind === 'list' && found.detail === undefined) listIds.add(found.listId);
    else if (found.kind === 'account' && found.via !== 'catch_all') accountIds.add(found.accountId);
    else throw directoryErrors.unknown_address({ address: normal }, { field });
  }
  if (listId !== undefined && listIds.has(listId)) throw directoryErrors.list_in_itself({}, { field });
  const unitIds = new Set(given.unitIds);
  if (accountIds.size + listIds.size + unitIds.size + addresses.size > MAX_LIST_ENTRIES)
    throw directoryErrors.list_entries({ limit: MAX_LIST_ENTRIES }, { field });
  await checkAccounts(db, [...accountIds], field, now);
  if ((await findListIds(db, [...listIds])).size !== listIds.size)
    throw directoryErrors.unknown_list({}, { field });
  if ((await findUnits(db, [...unitIds])).length !== unitIds.size)
    throw directoryErrors.unknown_unit({}, { field });
  return {
    accountIds: [...accountIds],
    unitIds: [...unitIds],
    listIds: [...listIds],
    addresses: [...addresses],
  };
}

export async function checkAccounts(
  db: Queryable,
  ids: readonly number[],
  field: string,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  const found = await findAccounts(db, [...ids], now);
  if (found.filter((one) => one.state !== 'deleted').length !== new Set(ids).size)
    throw directoryErrors.unknown_person({}, { field });
}

/** Lower case throughout, the domain in ASCII. */
function normalize(address: string, field: string): string {
  const text = address.trim().toLowerCase();
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  if (at < 1 || !/^[^\s@<>()",;:\\[\]\x00-\x20\x7f]{1,64}$/.test(local))
    throw directoryErrors.bad_address({ address: address.trim().slice(0, 100) }, { field });
  return `${local}@${checkDomain(text.slice(at + 1), field)}`;
}
