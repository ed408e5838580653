import type { ListSettings } from '@hongyan/contract';
import type { Queryable, Tx } from '../kit/db/index.ts';
import type { DirectoryContext } from './directory.context.ts';
import * as entries from './list-entries.store.ts';
import * as members from './list-members.store.ts';
import { addressOfList, settingsOf } from './lists.present.ts';
import { findList } from './lists.store.ts';

/** A failure this long ago says nothing about today. */
const FORGET_MS = 30 * 86_400_000;

export interface BookList extends ListSettings {
  id: number;
  address: string;
  disabled: boolean;
}

export interface BookMember {
  accountId: number;
  address: string;
  shared: boolean;
}

export type ListBook = ReturnType<typeof createListBook>;

/** Lists as mail sees them: who is on one, who may write, who has left, which addresses fail. */
export function createListBook({ clock }: Pick<DirectoryContext, 'clock'>) {
  return {
    async find(db: Queryable, listId: number): Promise<BookList | undefined> {
      const row = await findList(db, listId);
      return row && { id: row.id, address: addressOfList(row), disabled: row.disabled, ...settingsOf(row) };
    },

    /** Members with an account here, by id; each once, resolved now. */
    async members(
      db: Queryable,
      listId: number,
      page: { after: number; limit: number },
    ): Promise<BookMember[]> {
      const rows = await members.findMembers(db, listId, { ...page, now: clock.now() });
      return rows.map((row) => ({
        accountId: row.id,
        address: `${row.local}@${row.domain}`,
        shared: row.kind === 'unit',
      }));
    },

    /** Members outside, by address; those that fail too often are left out. */
    outside: members.findOutside,

    isMember: (db: Queryable, listId: number, who: { accountIds: readonly number[]; address: string }) =>
      members.isMeant(db, listId, 'member', who),

    isChosen: (db: Queryable, listId: number, who: { accountIds: readonly number[]; address: string }) =>
      members.isMeant(db, listId, 'sender', who),

    moderators: (db: Queryable, listId: number) =>
      entries.findPeopleOf(db, listId, ['moderator', 'owner'], clock.now()),

    owners: (db: Queryable, listId: number) => entries.findPeopleOf(db, listId, ['owner'], clock.now()),

    moderatedBy: entries.findListsModeratedBy,

    outsideEntry: entries.findOutsideEntry,

    /** Answers whether he was on it until now as far as we know. */
    leave: (tx: Tx, listId: number, who: { accountId: number } | { address: string }) =>
      entries.insertLeft(tx, listId, who, clock.now()),

    countBounce: (tx: Tx, bounce: { listId: number; address: string; limit: number; daily: boolean }) => {
      const now = clock.now();
      return entries.countBounce(tx, { ...bounce, now, forgetBefore: new Date(now.getTime() - FORGET_MS) });
    },
  };
}
