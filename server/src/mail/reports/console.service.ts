import type { DmarcOverview } from '@hongyan/contract';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import type { AddressBook } from '../ports.ts';
import * as store from './reports.store.ts';

export type DmarcConsole = ReturnType<typeof createDmarcConsole>;

const MAX_SOURCES = 50;
const MAX_REPORTS = 100;

/** What others report about our domains, for administrators of the institution. */
export function createDmarcConsole(parts: {
  db: Db;
  clock: Clock;
  directory: Directory;
  addressBook: AddressBook;
}) {
  const { db, clock, directory, addressBook } = parts;
  return {
    async overview(actor: Actor, query: { domain?: string; days?: number }): Promise<DmarcOverview> {
      requireInstitutionWide(await directory.authority(actor));
      const since = new Date(clock.ms() - (query.days ?? 30) * 86_400_000);
      const { domain } = query;
      const [domains, days, sources, reports] = await Promise.all([
        addressBook.domains(db),
        store.sumByDay(db, domain, since),
        store.sumBySource(db, domain, since, MAX_SOURCES),
        store.listReports(db, domain, since, MAX_REPORTS),
      ]);
      return {
        domains,
        days,
        sources,
        reports: reports.map((row) => ({
          id: row.report_id,
          organisation: row.organisation,
          domain: row.domain,
          policy: row.policy,
          begin: row.begin_at.toISOString(),
          end: row.end_at.toISOString(),
          messages: row.messages ?? 0,
          authenticated: row.authenticated,
        })),
      };
    },
  };
}
