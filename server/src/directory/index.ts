import type { Db, Queryable } from '../kit/db/index.ts';
import type { Actor } from '../kit/http/index.ts';
import { type Accounts, createAccounts } from './accounts.service.ts';
import { type Addresses, createAddresses } from './addresses.service.ts';
import type { Authority } from './administrators.policy.ts';
import { type Administrators, createAdministrators } from './administrators.service.ts';
import { type Contacts, createContacts } from './contacts.service.ts';
import { authorityOf, type DirectoryContext } from './directory.context.ts';
import { createInstitution, type Institution } from './institution.service.ts';
import { createListBook, type ListBook } from './list-book.ts';
import { createLists, type Lists } from './lists.service.ts';
import { createUnitMailboxes, type UnitMailboxes } from './unit-mailboxes.service.ts';
import { createUnits, type Units } from './units.service.ts';
import { findHeadsUpwards, findUnit, findUnitByPath, type UnitHead } from './units.store.ts';

export type { AccountRow, PersonKind, State } from './accounts.store.ts';
export type { MailAccount, ResolvedAddress, SenderAddress } from './addresses.service.ts';
export {
  type Authority,
  covers,
  isInstitutionWide,
  permissionsOf,
  requireAdministrator,
  requireInstitutionWide,
  type Tier,
} from './administrators.policy.ts';
export { directoryErrors } from './directory.errors.ts';
export { accountChanged, accountPurged, unitMailboxChanged } from './directory.events.ts';
export { directoryRoutes } from './directory.routes.ts';
export type { BookList, BookMember, ListBook } from './list-book.ts';
export { checkLocal, checkMobile, maskPhone } from './names.ts';

export interface Directory {
  db: Db;
  units: Units;
  accounts: Accounts;
  addresses: Addresses;
  administrators: Administrators;
  contacts: Contacts;
  institution: Institution;
  lists: Lists;
  listBook: ListBook;
  unitMailboxes: UnitMailboxes;
  authority(actor: Actor, db?: Queryable): Promise<Authority>;
  /** The unit and its ancestors with their heads, nearest first; empty when there is no such unit. */
  headsUpwards(db: Queryable, unitId: number): Promise<UnitHead[]>;
  findUnit: typeof findUnit;
  findUnitByPath: typeof findUnitByPath;
}

export function createDirectory(context: DirectoryContext): Directory {
  const accounts = createAccounts(context);
  const addresses = createAddresses(context);
  return {
    db: context.db,
    units: createUnits(context),
    accounts,
    addresses,
    administrators: createAdministrators(context),
    contacts: createContacts(context),
    institution: createInstitution(context),
    lists: createLists(context, addresses),
    listBook: createListBook(context),
    unitMailboxes: createUnitMailboxes(context, accounts),
    authority: (actor, db = context.db) => authorityOf(db, actor),
    headsUpwards: findHeadsUpwards,
    findUnit,
    findUnitByPath,
  };
}
