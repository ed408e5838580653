import type { UnitMailbox } from '@hongyan/contract';
import { type Queryable, type Tx, transaction } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Actor } from '../kit/http/index.ts';
import type { Accounts } from './accounts.service.ts';
import { isInstitutionWide, requireInstitutionWide } from './administrators.policy.ts';
import { authorityOf, type DirectoryContext } from './directory.context.ts';
import { directoryErrors } from './directory.errors.ts';
import { unitMailboxChanged } from './directory.events.ts';
import * as store from './unit-mailboxes.store.ts';
import { findUnit } from './units.store.ts';

export interface NewUnitMailbox {
  local: string;
  /** Shown beside the address; preset: the unit's name. */
  name?: string;
  unitId: number;
  ownerId: number;
  memberIds: number[];
  expiresAt: Date | null;
  /** What makes it, e.g. `<case>:<row>`: the same origin twice is the same mailbox. */
  origin: string;
}

export type UnitMailboxes = ReturnType<typeof createUnitMailboxes>;

export function createUnitMailboxes({ db, clock, audit, events }: DirectoryContext, accounts: Accounts) {
  async function checkPeople(tx: Queryable, ids: number[]): Promise<void> {
    const found = await accounts.findMany(tx, ids);
    const usable = found.filter((person) => person.kind === 'person' && person.state !== 'deleted');
    if (usable.length !== new Set(ids).size) throw directoryErrors.unknown_person({}, { field: 'memberIds' });
  }

  return {
    /** Makes the mailbox, or finds the one that the same origin made before. Joins the caller's transaction. */
    async create(
      tx: Tx,
      actor: Actor,
      input: NewUnitMailbox,
    ): Promise<{ accountId: number; address: string; created: boolean }> {
      const existing = await store.findUnitMailboxByOrigin(tx, input.origin);
      const id = existing?.account_id ?? (await insert(tx, actor, input));
      const row = await store.findUnitMailbox(tx, id, clock.now());
      if (!row) throw commonErrors.not_found();
      return { accountId: id, address: `${row.local}@${row.domain}`, created: existing === undefined };
    },

    async membersOf(target: Queryable, id: number): Promise<number[]> {
      return (await store.findUnitMailbox(target, id, clock.now()))?.members.map((member) => member.id) ?? [];
    },

    async list(actor: Actor): Promise<UnitMailbox[]> {
      const authority = await authorityOf(db, actor);
      requireInstitutionWide(authority);
      return (await store.findUnitMailboxes(db, undefined, clock.now())).map((row) => present(row, true));
    },

    async listOwn(actor: Actor): Promise<UnitMailbox[]> {
      const rows = await store.findUnitMailboxesOf(db, actor.accountId, clock.now());
      return rows.map((row) => present(row, row.owner_id === actor.accountId));
    },

    /** HALL-9: the owner, or an administrator of the institution. */
    async setMembers(actor: Actor, id: number, memberIds: number[]): Promise<UnitMailbox> {
      return transaction(db, async (tx) => {
        const row = await store.findUnitMailbox(tx, id, clock.now());
        const authority = await authorityOf(tx, actor);
        const may = row?.owner_id === actor.accountId || isInstitutionWide(authority);
        // Who may not manage it does not learn whether it exists.
        if (!row || !may)
          throw isInstitutionWide(authority) ? commonErrors.not_found() : commonErrors.forbidden();
        const unique = [...new Set(memberIds)].filter((member) => member !== row.owner_id);
        await checkPeople(tx, unique);
        await store.replaceMembers(tx, id, unique);
        await events.publish(tx, unitMailboxChanged, { accountId: id });
        const after = await store.findUnitMailbox(tx, id, clock.now());
        if (!after) throw commonErrors.not_found();
        await audit.record(tx, actor, {
          action: 'unit_mailbox.members',
          target: row.local,
          unitId: row.unit_id,
          before: row.members.map((member) => member.account),
          after: after.members.map((member) => member.account),
        });
        return present(after, true);
      });
    },
  };

  async function insert(tx: Tx, actor: Actor, input: NewUnitMailbox): Promise<number> {
    const unit = await findUnit(tx, input.unitId);
    if (!unit) throw directoryErrors.unknown_unit({}, { field: 'unitId' });
    const members = [...new Set(input.memberIds)].filter((id) => id !== input.ownerId);
    await checkPeople(tx, [input.ownerId, ...members]);
    const accountId = await accounts.createUnitAccount(tx, {
      local: input.local,
      name: input.name?.trim() || unit.name,
      unitId: input.unitId,
      expiresAt: input.expiresAt,
    });
    await store.insertUnitMailbox(tx, {
      accountId,
      ownerId: input.ownerId,
      origin: input.origin,
      now: clock.now(),
    });
    await store.replaceMembers(tx, accountId, members);
    await audit.record(tx, actor, {
      action: 'unit_mailbox.create',
      target: input.local,
      unitId: input.unitId,
      after: { origin: input.origin, members: members.length, expiresAt: input.expiresAt },
    });
    return accountId;
  }
}

function present(row: store.UnitMailboxRow, canManage: boolean): UnitMailbox {
  return {
    id: row.id,
    address: `${row.local}@${row.domain}`,
    name: row.name,
    unit: { id: row.unit_id, name: row.unit_name },
    owner: { id: row.owner_id, name: row.owner_name, account: row.owner_local },
    members: row.members,
    state: row.state,
    ...(row.expires_at ? { expiresAt: row.expires_at.toISOString() } : {}),
    canManage,
  };
}
