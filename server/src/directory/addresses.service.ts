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
      /** `catch_all`: nobody has this address, and the domain has somebody for such mail. */
      via: 'primary' | 'alias' | 'plus' | 'catch_all';
      /** What stood behind the plus sign (RFC 5233). */
      detail?: string;
      accountKind: 'person' | 'unit';
      state: State;
      quotaBytes: number;
    }
  | {
      /** A distribution list. */
      kind: 'list';
      listId: number;
      address: string;
      /** What stood behind the plus sign: addresses that the list itself answers to. */
      detail?: string;
      state: 'active' | 'disabled';
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
  let cache: { at: number; rules: Map<string, store.DomainRules> } | undefined;
  /** Found addresses only: one that is made in this moment must be found in the next. */
  const remembered = new Map<string, { at: number; found: ResolvedAddress }>();
  /** Counts changes: what was read before one is not remembered after it. */
  let version = 0;
  signals?.on('directory', () => {
    version++;
    remembered.clear();
    cache = undefined;
  });

  async function domainRules(db: Queryable): Promise<Map<string, store.DomainRules>> {
    if (cache && clock.ms() - cache.at < DOMAIN_CACHE_MS && cache.rules.size > 0) return cache.rules;
    const rules = new Map((await store.findDomainRules(db)).map((row) => [row.name, row]));
    cache = { at: clock.ms(), rules };
    return rules;
  }

  async function domains(db: Queryable): Promise<string[]> {
    return [...(await domainRules(db)).keys()];
  }

  function present(
    row: store.AddressRow,
    via: 'primary' | 'alias' | 'plus' | 'catch_all',
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
    const rules = await domainRules(db);
    const given = rules.get(address.slice(at + 1).toLowerCase());
    if (at <= 0 || !given) return { kind: 'foreign' };
    const home = given.alias_of === null ? given : (rules.get(given.alias_of) ?? given);
    const exact = await store.findAddress(db, home.name, local);
    if (exact?.kind === 'list') return presentList(exact);
    if (exact) return present(exact, exact.kind === 'alias' ? 'alias' : 'primary');
    const plus = local.indexOf('+');
    if (plus > 0) {
      const base = await store.findAddress(db, home.name, local.slice(0, plus));
      const detail = local.slice(plus + 1);
      if (base?.kind === 'list') return presentList(base, detail);
      if (base) return present(base, 'plus', detail);
    }
    const main = isReserved(local) ? await superAddress(db) : await catchAll(db, home);
    return main ? present(main, isReserved(local) ? 'alias' : 'catch_all') : { kind: 'unknown' };
  }

  /** Who gets mail to postmaster and the like. */
  async function superAddress(db: Queryable): Promise<store.AddressRow | undefined> {
    const superId = await store.findSuperAdministrator(db);
    return superId === undefined ? undefined : store.findMainAddress(db, superId);
  }

  /** An account that cannot take it must not turn every typing error into 'disabled'. */
  async function catchAll(db: Queryable, domain: store.DomainRules): Promise<store.AddressRow | undefined> {
    if (domain.catch_all_id === null) return undefined;
    const row = await store.findMainAddress(db, domain.catch_all_id);
    const usable =
      row && !row.disabled && !row.deleted_at && !(row.expires_at && row.expires_at <= clock.now());
    return usable ? row : undefined;
  }

  /** An address in a domain, and the same in the domains that have its addresses. */
  async function everywhere(db: Queryable, row: { local: string; domain: string }): Promise<string[]> {
    const rules = await domainRules(db);
    const aliases = [...rules.values()].filter((one) => one.alias_of === row.domain);
    return [row.domain, ...aliases.map((one) => one.name)].map((domain) => `${row.local}@${domain}`);
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
      if ((found.kind === 'account' || found.kind === 'list') && version === before) {
        if (remembered.size >= MAX_REMEMBERED) remembered.clear();
        remembered.set(address, { at: clock.ms(), found });
      }
      return found;
    },

    /** Every address that an account may write as: its own, its aliases, unit mailboxes with the right to send. */
    async senders(db: Queryable, accountId: number): Promise<SenderAddress[]> {
      const own = await store.findAddressesOf(db, accountId);
      const shared = (await store.findSharedMailboxes(db, accountId, clock.now())).filter(
        (row) => row.can_send,
      );
      const result: SenderAddress[] = [];
      for (const row of own) {
        const [main = '', ...others] = await everywhere(db, row);
        const kind = row.kind === 'alias' ? 'alias' : 'own';
        result.push({ address: main, name: row.name, accountId, kind });
        for (const address of others) result.push({ address, name: row.name, accountId, kind: 'alias' });
      }
      for (const row of shared) {
        for (const address of await everywhere(db, row))
          result.push({ address, name: row.name, accountId: row.id, kind: 'unit' });
      }
      return result;
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

function presentList(row: store.ListAddressRow, detail?: string): ResolvedAddress {
  return {
    kind: 'list',
    listId: row.list_id,
    address: `${row.local}@${row.domain}`,
    ...(detail === undefined ? {} : { detail }),
    state: row.disabled ? 'disabled' : 'active',
  };
}
