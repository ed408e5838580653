import type { Contact, ContactQuery, Unit } from '@hongyan/contract';
import type { Actor } from '../kit/http/index.ts';
import { decodeCursor, encodeCursor } from '../kit/text/index.ts';
import { findContacts } from './contacts.store.ts';
import type { DirectoryContext } from './directory.context.ts';
import { presentUnit } from './units.service.ts';
import { findChildren } from './units.store.ts';

export type Contacts = ReturnType<typeof createContacts>;

/** The address book, for every signed-in person. */
export function createContacts({ db, clock }: Pick<DirectoryContext, 'db' | 'clock'>) {
  return {
    async list(_actor: Actor, query: ContactQuery): Promise<{ items: Contact[]; next?: string }> {
      const limit = query.limit ?? 50;
      const rows = await findContacts(db, {
        unitId: query.unit,
        search: query.search?.trim() || undefined,
        after: decodeCursor(query.after),
        limit: limit + 1,
        now: clock.now(),
      });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map((row) => ({
          id: row.id,
          name: row.name,
          account: row.local,
          address: `${row.local}@${row.domain}`,
          ...(row.unit === null ? {} : { unit: row.unit }),
          ...(row.post === null ? {} : { post: row.post }),
          ...(row.office_phone === null ? {} : { officePhone: row.office_phone }),
          ...(row.mobile === null ? {} : { mobile: row.mobile }),
        })),
        ...(rows.length > limit && last ? { next: encodeCursor(last.name_order, last.id) } : {}),
      };
    },

    async units(_actor: Actor, parent: number | undefined): Promise<Unit[]> {
      return (await findChildren(db, parent ?? null)).filter((row) => !row.is_default).map(presentUnit);
    },
  };
}
