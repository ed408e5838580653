import type {
  CreateList,
  ListContact,
  ListQuery,
  ListSettings,
  MailList,
  MailListDetail,
  UpdateList,
} from '@hongyan/contract';
import { isUniqueViolation, type Queryable, type Tx, transaction } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Actor } from '../kit/http/index.ts';
import { decodeCursor, digest, encodeCursor } from '../kit/text/index.ts';
import type { Addresses } from './addresses.service.ts';
import { findDomainNames, insertListAddress, lockDomain } from './addresses.store.ts';
import { requireInstitutionWide } from './administrators.policy.ts';
import { authorityOf, type DirectoryContext } from './directory.context.ts';
import { directoryErrors } from './directory.errors.ts';
import { findEntries, replaceEntries, resumeAddress } from './list-entries.store.ts';
import { countReach } from './list-members.store.ts';
import { checkAccounts, checkTargets, NO_TARGETS } from './list-targets.ts';
import { addressOfList, presentList, presentListDetail, settingsOf } from './lists.present.ts';
import * as store from './lists.store.ts';
import { checkDomain, checkLocal } from './names.ts';

/** The list's own addresses (`list+b-x123-…`) add some 24 to it, and 64 is the end (RFC 5321 §4.5.3.1.1). */
const MAX_LOCAL = 40;

const DEFAULTS: Omit<ListSettings, 'name'> = {
  description: '',
  senders: 'institution',
  moderation: 'none',
  listed: true,
  leavable: true,
  subjectPrefix: '',
  replyTo: 'sender',
  rewriteFrom: 'changed',
  skipSender: false,
  bounceLimit: 5,
};

export type Lists = ReturnType<typeof createLists>;

/** Distribution lists as administrators of the institution see them (ADM-5, ADM-10). */
export function createLists({ db, clock, audit }: DirectoryContext, addresses: Addresses) {
  async function load(tx: Queryable, id: number): Promise<store.ListRow> {
    const row = await store.findList(tx, id);
    if (!row) throw commonErrors.not_found();
    return row;
  }

  async function detail(tx: Queryable, id: number): Promise<MailListDetail> {
    const row = await load(tx, id);
    return presentListDetail(row, await findEntries(tx, id), await countReach(tx, id, clock.now()));
  }

  /** Permission, lock and row of a list that is to be changed. */
  async function loadForChange(tx: Tx, actor: Actor, id: number): Promise<store.ListRow> {
    requireInstitutionWide(await authorityOf(tx, actor));
    await store.lockList(tx, id);
    return load(tx, id);
  }

  async function saveParts(tx: Tx, id: number, input: UpdateList): Promise<void> {
    const now = clock.now();
    const check = { db: tx, addresses, now };
    if (input.members)
      await replaceEntries(tx, id, 'member', await checkTargets(check, id, input.members, 'members'), now);
    if (input.chosen)
      await replaceEntries(
        tx,
        id,
        'sender',
        await checkTargets(check, undefined, input.chosen, 'chosen'),
        now,
      );
    for (const [role, ids] of [
      ['moderator', input.moderatorIds],
      ['owner', input.ownerIds],
    ] as const) {
      if (!ids) continue;
      await checkAccounts(tx, ids, `${role}Ids`, now);
      await replaceEntries(tx, id, role, { ...NO_TARGETS, accountIds: [...new Set(ids)] }, now);
    }
    const row = await load(tx, id);
    const entries = await findEntries(tx, id);
    const moderated = entries.some((entry) => entry.role === 'moderator' || entry.role === 'owner');
    if (row.moderation !== 'none' && !moderated)
      throw directoryErrors.no_moderators({}, { field: 'moderatorIds' });
  }

  return {
    async list(actor: Actor, query: ListQuery): Promise<{ items: MailList[]; next?: string; total: number }> {
      requireInstitutionWide(await authorityOf(db, actor));
      const limit = query.limit ?? 50;
      const filter: store.ListFilter = {
        search: query.search?.trim() || undefined,
        state: query.state,
        listedOnly: false,
        after: decodeCursor(query.after),
        limit: limit + 1,
      };
      const rows = await store.searchLists(db, filter);
      const last = rows[limit - 1];
      return {
        items: rows.slice(0, limit).map(presentList),
        total: await store.countLists(db, filter),
        ...(rows.length > limit && last ? { next: encodeCursor(last.name_order, last.id) } : {}),
      };
    },

    /** The address book's lists, for everybody who is signed in. */
    async contacts(
      _actor: Actor,
      query: Pick<ListQuery, 'search' | 'after' | 'limit'>,
    ): Promise<{ items: ListContact[]; next?: string }> {
      const limit = query.limit ?? 50;
      const rows = await store.searchLists(db, {
        search: query.search?.trim() || undefined,
        state: undefined,
        listedOnly: true,
        after: decodeCursor(query.after),
        limit: limit + 1,
      });
      const last = rows[limit - 1];
      return {
        items: rows.slice(0, limit).map((row) => ({
          id: row.id,
          name: row.name,
          address: addressOfList(row),
          description: row.description,
        })),
        ...(rows.length > limit && last ? { next: encodeCursor(last.name_order, last.id) } : {}),
      };
    },

    async get(actor: Actor, id: number): Promise<MailListDetail> {
      requireInstitutionWide(await authorityOf(db, actor));
      return detail(db, id);
    },

    async create(actor: Actor, input: CreateList): Promise<MailListDetail> {
      return transaction(db, async (tx) => {
        requireInstitutionWide(await authorityOf(tx, actor));
        const local = checkLocal(input.address, 'address');
        if (local.length > MAX_LOCAL)
          throw directoryErrors.list_name_long({ limit: MAX_LOCAL }, { field: 'address' });
        const domain = await domainFor(tx, input.domain);
        const now = clock.now();
        const settings = { ...DEFAULTS, ...settingsIn(input), name: input.name.trim() };
        const columns = { ...settings, ...digest(settings.name) };
        let id: number;
        try {
          id = await store.insertList(tx, { ...columns, domain, local, now });
          await insertListAddress(tx, { domain, local, listId: id, now });
        } catch (error) {
          if (isUniqueViolation(error))
            throw directoryErrors.name_taken({ name: local }, { field: 'address' });
          throw error;
        }
        await saveParts(tx, id, input);
        await audit.record(tx, actor, {
          action: 'list.create',
          target: `${local}@${domain}`,
          after: { ...settings, ...sizes(input) },
        });
        return detail(tx, id);
      });
    },

    async update(actor: Actor, id: number, input: UpdateList): Promise<MailListDetail> {
      return transaction(db, async (tx) => {
        const row = await loadForChange(tx, actor, id);
        const before = settingsOf(row);
        const settings = { ...before, ...settingsIn(input) };
        settings.name = settings.name.trim();
        await store.updateList(tx, id, { ...settings, ...digest(settings.name) }, clock.now());
        await saveParts(tx, id, input);
        await audit.record(tx, actor, {
          action: 'list.update',
          target: addressOfList(row),
          before,
          after: { ...settings, ...sizes(input) },
        });
        return detail(tx, id);
      });
    },

    /** Mail to a disabled list is refused. */
    async setDisabled(actor: Actor, id: number, disabled: boolean): Promise<MailListDetail> {
      return transaction(db, async (tx) => {
        const row = await loadForChange(tx, actor, id);
        await store.setListDisabled(tx, id, disabled, clock.now());
        await audit.record(tx, actor, {
          action: disabled ? 'list.disable' : 'list.enable',
          target: addressOfList(row),
        });
        return detail(tx, id);
      });
    },

    /** For good; `confirm` is the address, typed. */
    async remove(actor: Actor, id: number, confirm: string): Promise<void> {
      await transaction(db, async (tx) => {
        const row = await loadForChange(tx, actor, id);
        if (confirm.trim().toLowerCase() !== addressOfList(row))
          throw directoryErrors.confirm_differs({}, { field: 'confirm' });
        const entries = await findEntries(tx, id);
        await store.deleteList(tx, id);
        await audit.record(tx, actor, {
          action: 'list.delete',
          target: addressOfList(row),
          before: { ...settingsOf(row), entries: entries.length },
        });
      });
    },

    /** An outside address that was suspended for its failures gets mail again. */
    async resume(actor: Actor, id: number, address: string): Promise<MailListDetail> {
      return transaction(db, async (tx) => {
        const row = await loadForChange(tx, actor, id);
        if ((await resumeAddress(tx, id, address.trim().toLowerCase())) === 0) throw commonErrors.not_found();
        await audit.record(tx, actor, {
          action: 'list.resume',
          target: addressOfList(row),
          after: { address },
        });
        return detail(tx, id);
      });
    },
  };

  /** Locked, so that it does not become an alias of another meanwhile. */
  async function domainFor(tx: Tx, given: string | undefined): Promise<string> {
    const [primary] = await findDomainNames(tx);
    if (primary === undefined) throw directoryErrors.not_setup();
    const name = given === undefined ? primary : checkDomain(given, 'domain');
    const row = await lockDomain(tx, name);
    if (!row) throw directoryErrors.unknown_domain({ name }, { field: 'domain' });
    if (row.alias_of !== null) throw directoryErrors.domain_is_alias({ name }, { field: 'domain' });
    return name;
  }
}

/** The settings that an order names. */
function settingsIn(input: UpdateList): Partial<ListSettings> {
  const { members: _members, chosen: _chosen, moderatorIds: _moderators, ownerIds: _owners, ...rest } = input;
  const known = Object.entries(rest).filter(([key]) => key === 'name' || key in DEFAULTS);
  return Object.fromEntries(known);
}

/** For the audit: how many, not who. */
function sizes(input: UpdateList): Record<string, unknown> {
  const { members } = input;
  return {
    ...(members && {
      members: {
        accounts: members.accountIds.length,
        units: members.unitIds.length,
        lists: members.listIds.length,
        addresses: members.addresses.length,
      },
    }),
    ...(input.moderatorIds && { moderators: input.moderatorIds.length }),
    ...(input.ownerIds && { owners: input.ownerIds.length }),
  };
}
