import type { Administrator, AppointAdministrator } from '@hongyan/contract';
import { type Queryable, type Tx, transaction } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Actor } from '../kit/http/index.ts';
import { findAccount } from './accounts.store.ts';
import {
  type AdminTier,
  isInstitutionWide,
  mayAppoint,
  requireAdministrator,
  scopeOf,
} from './administrators.policy.ts';
import * as store from './administrators.store.ts';
import { authorityOf, type DirectoryContext } from './directory.context.ts';
import { directoryErrors } from './directory.errors.ts';
import { accountChanged } from './directory.events.ts';
import { findUnit } from './units.store.ts';

export type Administrators = ReturnType<typeof createAdministrators>;

export function createAdministrators({ db, clock, audit, events }: DirectoryContext) {
  return {
    async list(actor: Actor): Promise<Administrator[]> {
      const authority = await authorityOf(db, actor);
      requireAdministrator(authority);
      return (await store.findAdministrators(db, scopeOf(authority))).map(present);
    },

    /** Super and company administrators: who is asked when nobody else is there. */
    institutionWide: (target: Queryable) => store.findInstitutionWide(target),

    /** For the sample and the command line, which ask no administrator. */
    appointFirst: (tx: Tx, accountId: number, tier: AdminTier, unitId: number | null) =>
      store.upsertAdministrator(tx, { accountId, tier, unitId, now: clock.now() }),

    /** ADM-10: a person appointed elsewhere already needs `replace`, and the old scope ends. */
    async appoint(actor: Actor, input: AppointAdministrator): Promise<Administrator> {
      return transaction(db, async (tx) => {
        const authority = await authorityOf(tx, actor);
        requireAdministrator(authority);
        if (input.tier === 'unit' && input.unitId === undefined)
          throw directoryErrors.unit_required({}, { field: 'unitId' });
        const unit =
          input.tier === 'unit' && input.unitId !== undefined ? await findUnit(tx, input.unitId) : undefined;
        if (input.tier === 'unit' && !unit) throw directoryErrors.unknown_unit({}, { field: 'unitId' });
        if (!mayAppoint(authority, input.tier, unit?.ancestors ?? [])) throw commonErrors.forbidden();
        const person = await findAccount(tx, input.accountId, clock.now());
        if (person?.kind !== 'person') throw directoryErrors.unknown_person({}, { field: 'accountId' });
        if (person.state !== 'active') throw directoryErrors.not_ordinary({}, { field: 'accountId' });
        // A unit administrator appoints only people who belong to that child unit.
        if (!isInstitutionWide(authority) && person.unit_id !== unit?.id) throw commonErrors.forbidden();
        const existing = await store.findAdministrator(tx, input.accountId);
        if (existing) {
          if (!mayAppoint(authority, existing.tier, existing.unit_ancestors ?? []))
            throw directoryErrors.is_administrator();
          if (!input.replace) {
            throw directoryErrors.appointed_elsewhere({ name: person.name, unit: existing.unit_name ?? '—' });
          }
        }
        await store.upsertAdministrator(tx, {
          accountId: input.accountId,
          tier: input.tier,
          unitId: unit?.id ?? null,
          now: clock.now(),
        });
        await events.publish(tx, accountChanged, { accountId: input.accountId });
        await audit.record(tx, actor, {
          action: 'administrator.appoint',
          target: person.local,
          unitId: unit?.id ?? null,
          before: existing ? { tier: existing.tier, unit: existing.unit_name } : undefined,
          after: { tier: input.tier, unit: unit?.path ?? null },
        });
        const row = await store.findAdministrator(tx, input.accountId);
        if (!row) throw commonErrors.not_found();
        return present(row);
      });
    },

    async revoke(actor: Actor, accountId: number): Promise<void> {
      await transaction(db, async (tx) => {
        const authority = await authorityOf(tx, actor);
        requireAdministrator(authority);
        const row = await store.findAdministrator(tx, accountId);
        if (!row) throw commonErrors.not_found();
        if (!mayAppoint(authority, row.tier, row.unit_ancestors ?? [])) throw commonErrors.forbidden();
        await store.deleteAdministrator(tx, accountId);
        await events.publish(tx, accountChanged, { accountId });
        await audit.record(tx, actor, {
          action: 'administrator.revoke',
          target: row.local,
          unitId: row.unit_id,
          before: { tier: row.tier, unit: row.unit_name },
        });
      });
    },
  };
}

function present(row: store.AdministratorRow): Administrator {
  return {
    person: {
      id: row.account_id,
      name: row.name,
      account: row.local,
      ...(row.person_unit === null ? {} : { unit: row.person_unit }),
    },
    tier: row.tier,
    ...(row.unit_id !== null && row.unit_name !== null
      ? { unit: { id: row.unit_id, name: row.unit_name } }
      : {}),
  };
}
