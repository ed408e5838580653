import type { DkimKey } from '@hongyan/contract';
import type { Audit } from '../../audit/index.ts';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import { type Db, transaction } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import type { AddressBook } from '../ports.ts';
import { findKey, findKeys, type KeyRow } from './keys.store.ts';
import { type DkimKeys, recordName, recordText } from './keys.ts';
import { trustErrors } from './trust.errors.ts';

export type DkimConsole = ReturnType<typeof createDkimConsole>;

/** DKIM keys as administrators of the institution plan, publish and end them. */
export function createDkimConsole(parts: {
  db: Db;
  audit: Audit;
  directory: Directory;
  addressBook: AddressBook;
  keys: DkimKeys;
}) {
  const { db, audit, directory, addressBook, keys } = parts;

  async function find(id: number, states: readonly KeyRow['state'][]): Promise<KeyRow> {
    const row = await findKey(db, id);
    if (!row || !states.includes(row.state)) throw commonErrors.not_found();
    return row;
  }

  return {
    async list(actor: Actor): Promise<{ domains: string[]; keys: DkimKey[] }> {
      requireInstitutionWide(await directory.authority(actor));
      const [domains, rows] = await Promise.all([addressBook.domains(db), findKeys(db)]);
      return { domains, keys: rows.map(present) };
    },
    async plan(actor: Actor, domain: string): Promise<void> {
      requireInstitutionWide(await directory.authority(actor));
      if (!(await addressBook.domains(db)).includes(domain)) throw trustErrors.unknown_domain();
      await transaction(db, async (tx) => {
        const rows = await findKeys(tx);
        if (rows.some((row) => row.domain === domain && row.state === 'planned'))
          throw trustErrors.plan_exists();
        await keys.plan(tx, domain);
        await audit.record(tx, actor, { action: 'dkim.plan', target: domain });
      });
    },
    /** Looks into DNS; a key that is published begins to sign. */
    async activate(actor: Actor, id: number): Promise<void> {
      requireInstitutionWide(await directory.authority(actor));
      const row = await find(id, ['planned']);
      const seen = await keys.published(row);
      if (seen === 'unknown') throw trustErrors.dns_away();
      if (seen === 'no') throw trustErrors.not_published();
      await transaction(db, async (tx) => {
        const current = await findKey(tx, id);
        if (current?.state !== 'planned') throw commonErrors.conflict();
        await keys.activate(tx, current);
        await audit.record(tx, actor, { action: 'dkim.activate', target: recordName(row) });
      });
    },
    async retire(actor: Actor, id: number): Promise<void> {
      requireInstitutionWide(await directory.authority(actor));
      const row = await find(id, ['planned', 'active', 'retiring']);
      await transaction(db, async (tx) => {
        await keys.retire(tx, row);
        await audit.record(tx, actor, { action: 'dkim.retire', target: recordName(row) });
      });
    },
  };
}

function present(row: KeyRow): DkimKey {
  return {
    id: row.key_id,
    domain: row.domain,
    selector: row.selector,
    algorithm: row.algorithm,
    state: row.state,
    recordName: recordName(row),
    recordText: recordText(row),
    createdAt: row.created_at.toISOString(),
    stateAt: row.state_at.toISOString(),
  };
}
