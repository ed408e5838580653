import type { CreateUnit, MoveUnit, Unit, UpdateUnit } from '@hongyan/contract';
import { isUniqueViolation, type Queryable, type Tx, transaction } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Actor } from '../kit/http/index.ts';
import { digest } from '../kit/text/index.ts';
import { findAccount } from './accounts.store.ts';
import {
  requireAdministrator,
  requireCovers,
  requireInstitutionWide,
  scopeOf,
} from './administrators.policy.ts';
import { authorityOf, type DirectoryContext } from './directory.context.ts';
import { directoryErrors } from './directory.errors.ts';
import * as store from './units.store.ts';

/** ADM-3.1 asks for at least eight; without an end a loop of requests could nest for ever. */
const MAX_DEPTH = 12;
const SEARCH_LIMIT = 50;

export type Units = ReturnType<typeof createUnits>;

export function createUnits({ db, clock, audit }: DirectoryContext) {
  async function load(tx: Queryable, id: number): Promise<store.UnitRow> {
    const unit = await store.findUnit(tx, id);
    if (!unit) throw commonErrors.not_found();
    return unit;
  }

  async function insert(tx: Tx, input: { name: string; parent: store.UnitRow | undefined; level?: string }) {
    const name = input.name.trim();
    if (name.includes('/')) throw directoryErrors.unit_name_slash({}, { field: 'name' });
    if ((input.parent?.ancestors.length ?? 0) >= MAX_DEPTH)
      throw directoryErrors.unit_too_deep({ limit: MAX_DEPTH }, { field: 'parentId' });
    if (input.parent?.is_default) throw directoryErrors.unit_is_default({}, { field: 'parentId' });
    await store.lockSiblings(tx, input.parent?.id ?? null);
    try {
      return await store.insertUnit(tx, {
        parentId: input.parent?.id ?? null,
        name,
        path: input.parent ? `${input.parent.path}/${name}` : name,
        parentAncestors: input.parent?.ancestors ?? [],
        ...digest(name),
        level: input.level ?? null,
        isDefault: false,
        now: clock.now(),
      });
    } catch (error) {
      if (isUniqueViolation(error, 'unit_name_once'))
        throw directoryErrors.unit_name_taken({ name }, { field: 'name' });
      throw error;
    }
  }

  return {
    /** Children of a unit, or the first level that the actor administers. */
    async list(actor: Actor, query: { parent?: number; search?: string }): Promise<Unit[]> {
      const authority = await authorityOf(db, actor);
      requireAdministrator(authority);
      if (query.search?.trim()) {
        return (await store.searchUnits(db, query.search.trim(), scopeOf(authority), SEARCH_LIMIT)).map(
          presentUnit,
        );
      }
      if (query.parent !== undefined) {
        requireCovers(authority, (await load(db, query.parent)).ancestors);
        return (await store.findChildren(db, query.parent)).map(presentUnit);
      }
      const scope = scopeOf(authority);
      const rows =
        scope === undefined ? await store.findChildren(db, null) : await store.findUnits(db, scope);
      return rows.map(presentUnit);
    },

    async create(actor: Actor, input: CreateUnit & { level?: string }, join?: Tx): Promise<Unit> {
      return transaction(join ?? db, async (tx) => {
        const authority = await authorityOf(tx, actor);
        requireAdministrator(authority);
        const parent = input.parentId === null ? undefined : await store.findUnit(tx, input.parentId);
        if (input.parentId !== null && !parent) throw directoryErrors.unknown_unit({}, { field: 'parentId' });
        if (parent) requireCovers(authority, parent.ancestors);
        else requireInstitutionWide(authority);
        const id = await insert(tx, { ...input, parent });
        const unit = await load(tx, id);
        await audit.record(tx, actor, { action: 'unit.create', target: unit.path, unitId: id });
        return presentUnit(unit);
      });
    },

    async update(actor: Actor, id: number, input: UpdateUnit): Promise<Unit> {
      return transaction(db, async (tx) => {
        await store.lockUnit(tx, id);
        const before = await load(tx, id);
        requireCovers(await authorityOf(tx, actor), before.ancestors);
        if (before.is_default) throw directoryErrors.unit_is_default();
        if (input.name !== undefined && input.name.trim() !== before.name) {
          const name = input.name.trim();
          if (name.includes('/')) throw directoryErrors.unit_name_slash({}, { field: 'name' });
          try {
            await store.renameUnit(tx, id, name, digest(name));
          } catch (error) {
            if (isUniqueViolation(error, 'unit_name_once'))
              throw directoryErrors.unit_name_taken({ name }, { field: 'name' });
            throw error;
          }
        }
        if (input.headId !== undefined) {
          if (
            input.headId !== null &&
            (await findAccount(tx, input.headId, clock.now()))?.kind !== 'person'
          ) {
            throw directoryErrors.unknown_person({}, { field: 'headId' });
          }
          await store.setHead(tx, id, input.headId);
        }
        const after = await load(tx, id);
        await audit.record(tx, actor, {
          action: 'unit.update',
          target: before.path,
          unitId: id,
          before: { name: before.name, head: before.head_name },
          after: { name: after.name, head: after.head_name },
        });
        return presentUnit(after);
      });
    },

    /** For the sample and the importer. */
    setHead: store.setHead,

    /** ADM-3.3: among siblings only. */
    async move(actor: Actor, id: number, { direction }: MoveUnit): Promise<void> {
      await transaction(db, async (tx) => {
        const unit = await load(tx, id);
        requireCovers(await authorityOf(tx, actor), unit.ancestors);
        if (unit.is_default) throw directoryErrors.unit_is_default();
        await store.lockSiblings(tx, unit.parent_id);
        const siblings = (await store.findChildren(tx, unit.parent_id)).filter(
          (sibling) => !sibling.is_default,
        );
        const index = siblings.findIndex((sibling) => sibling.id === id);
        const self = siblings[index];
        const other = siblings[direction === 'up' ? index - 1 : index + 1];
        if (!self || !other)
          throw direction === 'up' ? directoryErrors.unit_at_top() : directoryErrors.unit_at_bottom();
        await store.swapPositions(tx, self, other);
        await audit.record(tx, actor, {
          action: 'unit.move',
          target: unit.path,
          unitId: id,
          after: { direction },
        });
      });
    },

    /** ADM-3.4: only an empty one. */
    async remove(actor: Actor, id: number): Promise<void> {
      await transaction(db, async (tx) => {
        await store.lockUnit(tx, id);
        const unit = await load(tx, id);
        const authority = await authorityOf(tx, actor);
        requireCovers(authority, unit.ancestors);
        if (unit.is_default) throw directoryErrors.unit_is_default();
        // A unit administrator cannot saw off the branch that he sits on.
        if (authority.unitId === id) throw commonErrors.forbidden();
        if (unit.children > 0) throw directoryErrors.unit_has_children();
        if (unit.accounts > 0) throw directoryErrors.unit_has_accounts();
        try {
          await store.deleteUnit(tx, id);
        } catch (error) {
          if (error instanceof Error && 'code' in error && error.code === '23503') {
            throw directoryErrors.unit_in_use({}, { cause: error });
          }
          throw error;
        }
        await audit.record(tx, actor, { action: 'unit.delete', target: unit.path, unitId: unit.parent_id });
      });
    },
  };
}

export function presentUnit(row: store.UnitRow): Unit {
  return {
    id: row.id,
    name: row.name,
    parentId: row.parent_id,
    path: row.path,
    children: row.children,
    accounts: row.accounts,
    isDefault: row.is_default,
    ...(row.head_id !== null && row.head_name !== null
      ? { head: { id: row.head_id, name: row.head_name, account: row.head_local ?? '' } }
      : {}),
    ...(row.level === null ? {} : { level: row.level }),
  };
}
