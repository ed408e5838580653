import type { Account, AccountQuery, CreateAccount, NameCheck, UpdateAccount } from '@hongyan/contract';
import { isUniqueViolation, type Queryable, type Tx, transaction } from '../kit/db/index.ts';
import { AppError, commonErrors, errorText } from '../kit/errors/index.ts';
import type { Actor } from '../kit/http/index.ts';
import { decodeCursor, digest, encodeCursor } from '../kit/text/index.ts';
import { GRACE_MS, presentAccount } from './accounts.present.ts';
import * as store from './accounts.store.ts';
import * as addresses from './addresses.store.ts';
import {
  type Authority,
  isInstitutionWide,
  outranks,
  requireAdministrator,
  requireCovers,
  scopeOf,
} from './administrators.policy.ts';
import { authorityOf, type DirectoryContext } from './directory.context.ts';
import { directoryErrors } from './directory.errors.ts';
import { accountChanged, accountPurged } from './directory.events.ts';
import { deleteEntriesOf } from './list-entries.store.ts';
import { checkLocal, checkMobile, checkNationalId } from './names.ts';
import { findDefaultUnit, findUnit, type UnitRow } from './units.store.ts';

export const DEFAULT_QUOTA = 2_147_483_648;
const MAX_ALIASES = 3;

export interface NewPerson extends Omit<CreateAccount, 'password' | 'account'> {
  account: string;
}

export interface NewUnitAccount {
  local: string;
  name: string;
  unitId: number;
  expiresAt: Date | null;
}

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({
  db,
  clock,
  audit,
  events,
  box,
  usage,
  lastSignIns,
  tell,
}: DirectoryContext) {
  async function load(tx: Queryable, id: number): Promise<store.AccountRow> {
    const row = await store.findAccount(tx, id, clock.now());
    if (!row) throw commonErrors.not_found();
    return row;
  }

  /** Locks and loads an ordinary person's account that the actor may change. */
  async function loadForChange(tx: Tx, actor: Actor, id: number): Promise<store.AccountRow> {
    await store.lockAccount(tx, id);
    const row = await load(tx, id);
    const authority = await authorityOf(tx, actor);
    requireAdministrator(authority);
    requireCovers(authority, row.unit_ancestors);
    if (!outranks(authority, row) && !(authority.tier === 'super' && row.id === actor.accountId)) {
      throw directoryErrors.is_administrator();
    }
    return row;
  }

  async function targetUnit(
    tx: Tx,
    authority: Authority,
    unitId: number | null | undefined,
  ): Promise<UnitRow> {
    const id = unitId ?? (isInstitutionWide(authority) ? await findDefaultUnit(tx) : authority.unitId);
    const unit = id === undefined ? undefined : await findUnit(tx, id);
    if (!unit) throw directoryErrors.unknown_unit({}, { field: 'unitId' });
    requireCovers(authority, unit.ancestors);
    return unit;
  }

  function expiry(day: string | null | undefined): Date | null {
    if (day === null || day === undefined) return null;
    // The account works through its last day, in the institution's time zone.
    const end = new Date(`${day}T23:59:59.999+08:00`);
    if (end < clock.now()) throw directoryErrors.expiry_past({}, { field: 'expiresOn' });
    return end;
  }

  function sealPhone(phone: string | undefined | null): { sealed: Buffer; index: Buffer } | null {
    if (!phone?.trim()) return null;
    const digits = checkMobile(phone, 'boundPhone');
    return { sealed: box.seal('bound_phone', digits), index: box.blindIndex('bound_phone', digits) };
  }

  async function insert(tx: Tx, account: store.NewAccount): Promise<number> {
    try {
      const id = await store.insertAccount(tx, account);
      await addresses.insertAddress(tx, {
        domain: account.domain,
        local: account.local,
        kind: 'account',
        accountId: id,
        now: account.now,
      });
      return id;
    } catch (error) {
      throw uniqueProblem(error, account.local, account.number);
    }
  }

  /** Why a name cannot be had; undefined when it is free. */
  async function whyNot(name: string): Promise<AppError | undefined> {
    try {
      const local = checkLocal(name, 'name');
      const [domain = ''] = await addresses.findDomainNames(db);
      if (await addresses.findAddress(db, domain, local)) return directoryErrors.name_taken({ name: local });
      return undefined;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  return {
    async list(
      actor: Actor,
      query: AccountQuery,
    ): Promise<{ items: Account[]; next?: string; total: number }> {
      const authority = await authorityOf(db, actor);
      requireAdministrator(authority);
      const limit = query.limit ?? 50;
      const sort = query.sort ?? 'name';
      const filter: store.AccountFilter = {
        within: scopeOf(authority),
        unitId: query.unit,
        below: query.below ?? false,
        search: query.search?.trim() || undefined,
        state: query.state,
        sort,
        after: decodeCursor(query.after),
        limit: limit + 1,
        now: clock.now(),
      };
      const rows = await store.searchAccounts(db, filter);
      const total = await store.countAccounts(db, filter);
      const page = rows.slice(0, limit);
      const ids = page.map((row) => row.id);
      const used = await usage(db, ids);
      const seen = await lastSignIns(db, ids);
      const last = page.at(-1);
      return {
        items: page.map((row) =>
          presentAccount(row, box, { usedBytes: used.get(row.id), lastSignIn: seen.get(row.id) }),
        ),
        total,
        ...(rows.length > limit && last
          ? { next: encodeCursor(sort.endsWith('name') ? last.name_order : last.local, last.id) }
          : {}),
      };
    },

    async get(actor: Actor, id: number): Promise<Account> {
      const authority = await authorityOf(db, actor);
      requireAdministrator(authority);
      const row = await load(db, id);
      requireCovers(authority, row.unit_ancestors);
      return presentAccount(row, box, {
        usedBytes: (await usage(db, [id])).get(id),
        lastSignIn: (await lastSignIns(db, [id])).get(id),
      });
    },

    /** Creates a person's account in the caller's transaction; the password is identity's part. */
    async create(actor: Actor, input: NewPerson, tx: Tx): Promise<Account> {
      const authority = await authorityOf(tx, actor);
      requireAdministrator(authority);
      const unit = await targetUnit(tx, authority, input.unitId);
      const [domain] = await addresses.findDomainNames(tx);
      if (domain === undefined) throw directoryErrors.not_setup();
      const local = checkLocal(input.account, 'account');
      const name = input.name.trim();
      const phone = sealPhone(input.boundPhone);
      const national = input.nationalId?.trim() ? checkNationalId(input.nationalId, 'nationalId') : undefined;
      const id = await insert(tx, {
        kind: 'person',
        local,
        domain,
        name,
        ...digest(name, 'person'),
        number: input.number?.trim() || null,
        personKind: input.kind ?? 'other',
        unitId: unit.id,
        post: input.post?.trim() || null,
        expiresAt: expiry(input.expiresOn),
        quotaBytes: input.quotaBytes ?? DEFAULT_QUOTA,
        officePhone: input.officePhone?.trim() || null,
        mobile: input.mobile?.trim() || null,
        boundPhone: phone?.sealed ?? null,
        boundPhoneIndex: phone?.index ?? null,
        nationalId: national ? box.seal('national_id', national) : null,
        nationalIdIndex: national ? box.blindIndex('national_id', national) : null,
        allowWeb: true,
        now: clock.now(),
      });
      await audit.record(tx, actor, {
        action: 'account.create',
        target: local,
        unitId: unit.id,
        after: { name, unit: unit.path, number: input.number ?? null },
      });
      return presentAccount(await load(tx, id), box);
    },

    async update(actor: Actor, id: number, input: UpdateAccount): Promise<Account> {
      return transaction(db, async (tx) => {
        const before = await loadForChange(tx, actor, id);
        const authority = await authorityOf(tx, actor);
        const change: store.AccountChange = {};
        if (input.name !== undefined)
          change.name = { name: input.name.trim(), ...digest(input.name.trim(), 'person') };
        if (input.unitId !== undefined) change.unitId = (await targetUnit(tx, authority, input.unitId)).id;
        if (input.number !== undefined) change.number = input.number.trim() || null;
        if (input.kind !== undefined) change.personKind = input.kind;
        if (input.post !== undefined) change.post = input.post.trim() || null;
        if (input.expiresOn !== undefined) change.expiresAt = expiry(input.expiresOn);
        if (input.listed !== undefined) change.listed = input.listed;
        if (input.quotaBytes !== undefined) change.quotaBytes = input.quotaBytes;
        if (input.protocols !== undefined) change.protocols = input.protocols;
        if (input.officePhone !== undefined) change.officePhone = input.officePhone.trim() || null;
        if (input.mobile !== undefined) change.mobile = input.mobile.trim() || null;
        if (input.boundPhone !== undefined) change.boundPhone = sealPhone(input.boundPhone);
        try {
          await store.updateAccount(tx, id, change);
        } catch (error) {
          throw uniqueProblem(error, before.local, input.number ?? null);
        }
        if (input.protocols !== undefined || input.expiresOn !== undefined) {
          await store.raiseAuthVersion(tx, id);
          await events.publish(tx, accountChanged, { accountId: id });
        }
        const after = await load(tx, id);
        await audit.record(tx, actor, {
          action: 'account.update',
          target: before.local,
          unitId: after.unit_id,
          before: difference(presentAccount(before, box), presentAccount(after, box)),
          after: difference(presentAccount(after, box), presentAccount(before, box)),
        });
        return presentAccount(after, box);
      });
    },

    /** disable, activate (clears an expiry), delete, restore (undoes a deletion): ADM-4.5 and 4.6. */
    async changeLife(
      actor: Actor,
      id: number,
      act: 'disable' | 'activate' | 'delete' | 'restore',
    ): Promise<Account> {
      return transaction(db, async (tx) => {
        const row = await loadForChange(tx, actor, id);
        if (row.id === actor.accountId) throw directoryErrors.not_self();
        if (act !== 'restore' && row.state === 'deleted') throw directoryErrors.is_deleted();
        if (act === 'restore' && row.state !== 'deleted') throw directoryErrors.not_deleted();
        switch (act) {
          case 'disable':
            await store.setLife(tx, id, { disabled: true });
            break;
          case 'activate':
            await store.setLife(tx, id, {
              disabled: false,
              ...(row.state === 'expired' ? { expiresAt: null } : {}),
            });
            break;
          case 'delete':
            await store.setLife(tx, id, { deletedAt: clock.now() });
            break;
          case 'restore':
            await store.setLife(tx, id, { deletedAt: null });
            break;
        }
        await events.publish(tx, accountChanged, { accountId: id });
        await audit.record(tx, actor, {
          action: `account.${act}`,
          target: row.local,
          unitId: row.unit_id,
          before: { state: row.state },
        });
        return presentAccount(await load(tx, id), box);
      });
    },

    /** Checks that the actor may set this account's password; identity then sets it. */
    async requirePasswordRight(tx: Tx, actor: Actor, id: number): Promise<store.AccountRow> {
      return loadForChange(tx, actor, id);
    },

    async addAlias(actor: Actor, id: number, alias: string): Promise<{ account: Account; alias: string }> {
      return transaction(db, async (tx) => {
        const row = await loadForChange(tx, actor, id);
        if (row.aliases.length >= MAX_ALIASES)
          throw directoryErrors.too_many_aliases({ limit: MAX_ALIASES }, { field: 'alias' });
        const local = checkLocal(alias, 'alias');
        try {
          await addresses.insertAddress(tx, {
            domain: row.domain,
            local,
            kind: 'alias',
            accountId: id,
            now: clock.now(),
          });
        } catch (error) {
          if (isUniqueViolation(error)) throw directoryErrors.name_taken({ name: local }, { field: 'alias' });
          throw error;
        }
        await audit.record(tx, actor, {
          action: 'alias.create',
          target: row.local,
          unitId: row.unit_id,
          after: { alias: local },
        });
        await tell(tx, { accountId: id, template: 'alias_added', alias: local });
        return { account: presentAccount(await load(tx, id), box), alias: local };
      });
    },

    async deleteAlias(actor: Actor, id: number, alias: string): Promise<Account> {
      return transaction(db, async (tx) => {
        const row = await loadForChange(tx, actor, id);
        if ((await addresses.deleteAlias(tx, id, alias)) === 0) throw commonErrors.not_found();
        await audit.record(tx, actor, {
          action: 'alias.delete',
          target: row.local,
          unitId: row.unit_id,
          before: { alias },
        });
        await tell(tx, { accountId: id, template: 'alias_deleted', alias });
        return presentAccount(await load(tx, id), box);
      });
    },

    /** ID-13: the full number, audited each time. */
    async revealPhone(actor: Actor, id: number): Promise<string> {
      return transaction(db, async (tx) => {
        const row = await loadForChange(tx, actor, id);
        if (!row.bound_phone) throw commonErrors.not_found();
        await audit.record(tx, actor, {
          action: 'account.reveal_phone',
          target: row.local,
          unitId: row.unit_id,
        });
        return box.open('bound_phone', row.bound_phone);
      });
    },

    whyNot,

    /** Live check of a name while it is typed. */
    async checkName(actor: Actor, name: string): Promise<NameCheck> {
      const problem = await whyNot(name);
      return problem === undefined
        ? { available: true }
        : { available: false, message: errorText(problem.code, actor.locale, problem.params) };
    },

    /** A unit mailbox's account: no person, no web sign-in. Joins the caller's transaction. */
    async createUnitAccount(tx: Tx, input: NewUnitAccount): Promise<number> {
      const [domain] = await addresses.findDomainNames(tx);
      if (domain === undefined) throw directoryErrors.not_setup();
      const local = checkLocal(input.local, 'name');
      return insert(tx, {
        kind: 'unit',
        local,
        domain,
        name: input.name,
        ...digest(input.name),
        number: null,
        personKind: 'other',
        unitId: input.unitId,
        post: null,
        expiresAt: input.expiresAt,
        quotaBytes: DEFAULT_QUOTA,
        officePhone: null,
        mobile: null,
        boundPhone: null,
        boundPhoneIndex: null,
        nationalId: null,
        nationalIdIndex: null,
        allowWeb: false,
        now: clock.now(),
      });
    },

    find: (target: Queryable, id: number) => store.findAccount(target, id, clock.now()),
    findMany: (target: Queryable, ids: number[]) => store.findAccounts(target, ids, clock.now()),
    raiseAuthVersion: store.raiseAuthVersion,
    updateOwn: (tx: Tx, id: number, change: Pick<store.AccountChange, 'locale' | 'theme' | 'timeZone'>) =>
      store.updateAccount(tx, id, change),

    /** Ends the seven days of grace; returns whom it purged. */
    async purgeDue(actor: Actor): Promise<number[]> {
      return transaction(db, async (tx) => {
        const due = await store.findPurgeable(tx, new Date(clock.ms() - GRACE_MS), 100);
        for (const row of due) {
          await store.purgeAccount(tx, row.id, clock.now());
          await deleteEntriesOf(tx, row.id);
          await audit.record(tx, actor, { action: 'account.purge', target: row.local });
          await events.publish(tx, accountChanged, { accountId: row.id });
          await events.publish(tx, accountPurged, { accountId: row.id });
        }
        return due.map((row) => row.id);
      });
    },
  };
}

function uniqueProblem(error: unknown, local: string, number: string | null): unknown {
  if (!isUniqueViolation(error)) return error;
  if (isUniqueViolation(error, 'account_number_key'))
    return directoryErrors.number_taken({ number: number ?? '' }, { field: 'number' });
  if (isUniqueViolation(error, 'account_bound_phone_index_key'))
    return directoryErrors.phone_taken({}, { field: 'boundPhone' });
  if (isUniqueViolation(error, 'account_national_id_index_key')) {
    return directoryErrors.national_id_taken({}, { field: 'nationalId' });
  }
  return directoryErrors.name_taken({ name: local }, { field: 'account' });
}

/** Members of `a` that differ from `b`. */
function difference(a: Account, b: Account): Record<string, unknown> {
  const other = new Map<string, unknown>(Object.entries(b));
  return Object.fromEntries(
    Object.entries(a).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(other.get(key))),
  );
}
