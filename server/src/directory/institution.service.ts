import type { Domain, UpdateDomain } from '@hongyan/contract';
import { isUniqueViolation, type Queryable, type Tx, transaction } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Actor } from '../kit/http/index.ts';
import { digest } from '../kit/text/index.ts';
import { DEFAULT_QUOTA } from './accounts.service.ts';
import { insertAccount } from './accounts.store.ts';
import * as addresses from './addresses.store.ts';
import { requireInstitutionWide } from './administrators.policy.ts';
import { upsertAdministrator } from './administrators.store.ts';
import { authorityOf, type DirectoryContext } from './directory.context.ts';
import { directoryErrors } from './directory.errors.ts';
import * as store from './institution.store.ts';
import { checkAccounts } from './list-targets.ts';
import { checkDomain, checkLocal } from './names.ts';
import { insertUnit } from './units.store.ts';

export interface NewInstitution {
  name: string;
  domain: string;
  /** The first super administrator. */
  account: string;
  personName: string;
  introduction?: string;
  helpDesk?: string;
  news?: { title: string; day: string }[];
}

export type Institution = ReturnType<typeof createInstitution>;

export function createInstitution({ db, clock, audit }: DirectoryContext) {
  return {
    find: (target: Queryable = db) => store.findInstitution(target),
    figures: () => store.countDirectory(db),

    /** Institution, primary domain, default unit and super administrator at once; a second call finds it done. */
    async setUp(
      tx: Tx,
      actor: Actor,
      input: NewInstitution,
    ): Promise<{ superId: number; defaultUnitId: number }> {
      const now = clock.now();
      try {
        await store.insertInstitution(tx, {
          name: input.name.trim(),
          introduction: input.introduction ?? '',
          help_desk: input.helpDesk ?? '',
          news: input.news ?? [],
          now,
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw commonErrors.not_found({}, { cause: error });
        throw error;
      }
      const domain = checkDomain(input.domain, 'domain');
      await addresses.insertDomain(tx, domain, true, now);
      const defaultUnitId = await insertUnit(tx, {
        parentId: null,
        name: '默认部门',
        path: '默认部门',
        parentAncestors: [],
        ...digest('默认部门'),
        level: null,
        isDefault: true,
        now,
      });
      const local = checkLocal(input.account, 'account');
      const name = input.personName.trim();
      const superId = await insertAccount(tx, {
        kind: 'person',
        local,
        domain,
        name,
        ...digest(name, 'person'),
        number: null,
        personKind: 'staff',
        unitId: defaultUnitId,
        post: null,
        expiresAt: null,
        quotaBytes: DEFAULT_QUOTA,
        officePhone: null,
        mobile: null,
        boundPhone: null,
        boundPhoneIndex: null,
        nationalId: null,
        nationalIdIndex: null,
        allowWeb: true,
        now,
      });
      await addresses.insertAddress(tx, { domain, local, kind: 'account', accountId: superId, now });
      await upsertAdministrator(tx, { accountId: superId, tier: 'super', unitId: null, now });
      await audit.record(tx, actor, {
        action: 'institution.setup',
        target: input.name,
        after: { domain, super: local },
      });
      return { superId, defaultUnitId };
    },

    async domains(actor: Actor): Promise<Domain[]> {
      requireInstitutionWide(await authorityOf(db, actor));
      return (await addresses.findDomains(db)).map(presentDomain);
    },

    /** Whose addresses a domain has, and who gets what nobody there has. */
    async updateDomain(actor: Actor, name: string, input: UpdateDomain): Promise<Domain> {
      return transaction(db, async (tx) => {
        requireInstitutionWide(await authorityOf(tx, actor));
        const domain = checkDomain(name, 'name');
        // In one order, so that two changes at once wait for each other.
        const other = input.aliasOf ? checkDomain(input.aliasOf, 'aliasOf') : undefined;
        for (const one of [domain, ...(other === undefined ? [] : [other])].toSorted())
          await addresses.lockDomain(tx, one);
        const row = await addresses.lockDomain(tx, domain);
        if (!row) throw commonErrors.not_found();
        const change = {
          aliasOf: input.aliasOf === undefined ? row.alias_of : (other ?? null),
          catchAllId: input.catchAllId === undefined ? row.catch_all_id : input.catchAllId,
        };
        if (change.aliasOf !== null) {
          // An alias asks the other domain for everything.
          change.catchAllId = null;
          await checkAlias(tx, row, change.aliasOf);
        }
        if (change.catchAllId !== null)
          await checkAccounts(tx, [change.catchAllId], 'catchAllId', clock.now());
        await addresses.updateDomain(tx, domain, change);
        await audit.record(tx, actor, {
          action: 'domain.update',
          target: domain,
          before: { aliasOf: row.alias_of, catchAllId: row.catch_all_id },
          after: change,
        });
        const after = (await addresses.findDomains(tx)).find((one) => one.name === domain);
        if (!after) throw commonErrors.not_found();
        return presentDomain(after);
      });
    },

    async addDomain(actor: Actor, name: string): Promise<Domain> {
      return transaction(db, async (tx) => {
        requireInstitutionWide(await authorityOf(tx, actor));
        const domain = checkDomain(name, 'name');
        try {
          await addresses.insertDomain(tx, domain, false, clock.now());
        } catch (error) {
          if (isUniqueViolation(error))
            throw directoryErrors.domain_taken({ name: domain }, { field: 'name' });
          throw error;
        }
        await audit.record(tx, actor, { action: 'domain.create', target: domain });
        return { name: domain, primary: false, accounts: 0 };
      });
    },
  };

  async function checkAlias(
    tx: Tx,
    row: { name: string; is_primary: boolean; alias_of: string | null },
    target: string,
  ): Promise<void> {
    if (row.is_primary) throw directoryErrors.domain_primary({}, { field: 'aliasOf' });
    const found = await addresses.lockDomain(tx, target);
    if (!found || target === row.name)
      throw directoryErrors.unknown_domain({ name: target }, { field: 'aliasOf' });
    if (found.alias_of !== null)
      throw directoryErrors.domain_is_alias({ name: target }, { field: 'aliasOf' });
    if (row.alias_of === null && (await addresses.isDomainUsed(tx, row.name)))
      throw directoryErrors.domain_in_use({ name: row.name }, { field: 'aliasOf' });
  }
}

function presentDomain(row: addresses.DomainRow): Domain {
  const { catch_all_id: id } = row;
  return {
    name: row.name,
    primary: row.is_primary,
    accounts: row.accounts,
    ...(row.alias_of === null ? {} : { aliasOf: row.alias_of }),
    ...(id === null
      ? {}
      : { catchAll: { id, name: row.catch_all_name ?? '', account: row.catch_all_local ?? '' } }),
  };
}
