import type { Queryable } from '../kit/db/index.ts';
import { findAccount, type State } from './accounts.store.ts';
import * as store from './addresses.store.ts';
import type { DirectoryContext } from './directory.context.ts';
import { isReserved } from './names.ts';

export type ResolvedAddress =
  | {
      kind: 'account';
      accountId: number;
      /** The main address. */
      address: string;
      via: 'primary' | 'alias' | 'plus';
      /** What stood behind the plus sign (RFC 5233). */
      detail?: string;
      accountKind: 'person' | 'unit';
      state: State;
      quotaBytes: number;
    }
  /** Our domain, nobody there. */
  | { kind: 'unknown' }
  /** Not our domain. */
  | { kind: 'foreign' };

export interface SenderAddress {
  address: string;
  name: string;
  accountId: number;
  kind: 'own' | 'alias' | 'unit';
}

export interface MailAccount {
  accountId: number;
  address: string;
  name: string;
  kind: 'own' | 'unit';
  canSend: boolean;
  quotaBytes: number;
}

export type Addresses = ReturnType<typeof createAddresses>;

/** Mail asks for the domains with every recipient; they change about once a year. */
const DOMAIN_CACHE_MS = 2_000;
/** Mail from one busy hour to one institution; beyond it the memory starts anew. */
const MAX_REMEMBERED = 50_000;
/** An expiry that passes needs no change of a row, so nothing is remembered for longer. */
const REMEMBER_MS = 10_000;

export function createAddresses({ clock, signals }: Pick<DirectoryContext, 'clock' | 'signals'>) {
  let cache: { at: number; names: string[] } | undefined;
  /** Found addresses only: one that is made in this moment must be found in the next. */
  const remembered = new Map<string, { at: number; found: ResolvedAddress }>();
  /** Counts changes: what was read before one is not remembered after it. */
  let version = 0;
  signals?.on('directory', () => {
    version++;
    remembered.clear();
    cache = undefined;
  });

  async function domains(db: Queryable): Promise<string[]> {
    if (cache && clock.ms() - cache.at < DOMAIN_CACHE_MS && cache.names.length > 0) return cache.names;
    cache = { at: clock.ms(), names: await store.findDomainNames(db) };
    return cache.names;
  }

  function present(
    row: store.AddressRow,
    via: 'primary' | 'alias' | 'plus',
    detail?: string,
  ): ResolvedAddress {
    const now = clock.now();
    const state: State = row.deleted_at
      ? 'deleted'
      : row.expires_at && row.expires_at <= now
        ? 'expired'
        : row.disabled
          ? 'disabled'
          : 'active';
    return {
      kind: 'account',
      accountId: row.account_id,
      address: `${row.main_local}@${row.main_domain}`,
      via,
      ...(detail === undefined ? {} : { detail }),
      accountKind: row.account_kind,
      state,
      quotaBytes: row.quota_bytes,
    };
  }

  async function resolve(db: Queryable, address: string): Promise<ResolvedAddress> {
    const at = address.lastIndexOf('@');
    const local = address.slice(0, at).toLowerCase();
    const domain = address.slice(at + 1).toLowerCase();
    if (at <= 0 || !(await domains(db)).includes(domain)) return { kind: 'foreign' };
    const exact = await store.findAddress(db, domain, local);
    if (exact) return present(exact, exact.kind === 'alias' ? 'alias' : 'primary');
    const plus = local.indexOf('+');
    if (plus > 0) {
      const base = await store.findAddress(db, domain, local.slice(0, plus));
      if (base) return present(base, 'plus', local.slice(plus + 1));
    }
    if (!isReserved(local)) return { kind: 'unknown' };
    const superId = await store.findSuperAdministrator(db);
    const account = superId === undefined ? undefined : await findAccount(db, superId, clock.now());
    const main = account && (await store.findAddress(db, account.domain, account.local));
    return main ? present(main, 'alias') : { kind: 'unknown' };
  }

  return {
    /** Our domains, the primary one first. */
    domains,

    /** Who gets mail to this address. Plus addressing applies where no exact name exists. */
    resolve,

    /** The same from memory, which any change of the directory clears: for RCPT, which comes a thousand times a second. */
    async resolveOften(db: Queryable, address: string): Promise<ResolvedAddress> {
      if (!signals) return resolve(db, address);
      const known = remembered.get(address);
      if (known && clock.ms() - known.at < REMEMBER_MS && known.at <= clock.ms()) return known.found;
      const before = version;
      const found = await resolve(db, address);
      if (found.kind === 'account' && version === before) {
        if (remembered.size >= MAX_REMEMBERED) remembered.clear();
        remembered.set(address, { at: clock.ms(), found });
      }
      return found;
    },

    /** Every address that an account may write as: its own, its aliases, unit mailboxes with the right to send. */
    async senders(db: Queryable, accountId: number): Promise<SenderAddress[]> {
      const own = await store.findAddressesOf(db, accountId);
      const shared = await store.findSharedMailboxes(db, accountId, clock.now());
      return [
        ...own.map((row) => ({
          address: `${row.local}@${row.domain}`,
          name: row.name,
          accountId,
          kind: row.kind === 'alias' ? ('alias' as const) : ('own' as const),
        })),
        ...shared
          .filter((row) => row.can_send)
          .map((row) => ({
            address: `${row.local}@${row.domain}`,
            name: row.name,
            accountId: row.id,
            kind: 'unit' as const,
          })),
      ];
    },

    /** Live accounts by id. */
    async accounts(db: Queryable, accountIds: readonly number[]): Promise<MailAccount[]> {
      if (accountIds.length === 0) return [];
      const rows = await store.findLiveAccounts(db, accountIds, clock.now());
      return rows.map((row) => ({
        accountId: row.id,
        address: `${row.local}@${row.domain}`,
        name: row.name,
        kind: 'own',
        canSend: false,
        quotaBytes: row.quota_bytes,
      }));
    },

    /** The mailboxes that an account opens: its own first. */
    async mailboxes(db: Queryable, accountId: number): Promise<MailAccount[]> {
      const own = await findAccount(db, accountId, clock.now());
      if (!own) return [];
      const shared = await store.findSharedMailboxes(db, accountId, clock.now());
      return [
        {
          accountId,
          address: `${own.local}@${own.domain}`,
          name: own.name,
          kind: 'own',
          canSend: true,
          quotaBytes: own.quota_bytes,
        },
        ...shared.map((row) => ({
          accountId: row.id,
          address: `${row.local}@${row.domain}`,
          name: row.name,
          kind: 'unit' as const,
          canSend: row.can_send,
          quotaBytes: row.quota_bytes,
        })),
      ];
    },
  };
}
