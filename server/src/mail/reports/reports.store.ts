import { many, maybe, type Queryable, run, sql } from '../../kit/db/index.ts';
import type { DmarcObservation } from '../checks/index.ts';
import type { AggregateReport } from './aggregate.ts';

export interface Counted {
  day: string;
  key: Buffer;
  observed: DmarcObservation;
  count: number;
}

export async function addSeen(db: Queryable, rows: readonly Counted[]): Promise<void> {
  await run(
    db,
    sql`insert into mail.dmarc_seen as s (day, domain, key, record, observed, count)
        select * from unnest(${rows.map((row) => row.day)}::date[], ${rows.map((row) => row.observed.domain)}::text[],
          ${rows.map((row) => row.key)}::bytea[], ${rows.map((row) => row.observed.record)}::text[],
          ${rows.map((row) => JSON.stringify(row.observed))}::jsonb[], ${rows.map((row) => row.count)}::bigint[])
        on conflict (day, domain, key) do update set count = s.count + excluded.count`,
  );
}

/** Days and domains before `day` that wait to be reported. */
export function listUnreported(
  db: Queryable,
  day: string,
  limit: number,
): Promise<{ day: string; domain: string }[]> {
  return many(
    db,
    sql<{
      day: string;
      domain: string;
    }>`select distinct day, domain from mail.dmarc_seen where day < ${day}::date
      order by day, domain limit ${limit}`,
  );
}

/** Takes what was seen of a domain on a day: it is gone once the caller's transaction commits. */
export function takeSeen(
  db: Queryable,
  day: string,
  domain: string,
): Promise<{ record: string; observed: DmarcObservation; count: number }[]> {
  return many(
    db,
    sql<{
      record: string;
      observed: DmarcObservation;
      count: number;
    }>`delete from mail.dmarc_seen where day = ${day}::date and domain = ${domain} returning record, observed, count`,
  );
}

/** False when we have this report already. */
export async function insertReport(
  db: Queryable,
  report: AggregateReport,
  authenticated: boolean,
  now: Date,
): Promise<boolean> {
  const row = await maybe(
    db,
    sql<{ report_id: number }>`insert into mail.dmarc_report
        (organisation, contact, external_id, domain, policy, begin_at, end_at, authenticated, received_at)
      values (${report.organisation}, ${report.contact}, ${report.externalId}, ${report.domain}, ${report.policy},
        ${report.begin}, ${report.end}, ${authenticated}, ${now})
      on conflict do nothing returning report_id`,
  );
  if (!row) return false;
  const { rows } = report;
  await run(
    db,
    sql`insert into mail.dmarc_row (report_id, source, count, disposition, dkim, spf, header_from)
        select ${row.report_id}::bigint, * from unnest(${rows.map((one) => one.source)}::text[],
          ${rows.map((one) => one.count)}::bigint[], ${rows.map((one) => one.disposition)}::text[],
          ${rows.map((one) => one.dkim)}::boolean[], ${rows.map((one) => one.spf)}::boolean[],
          ${rows.map((one) => one.headerFrom)}::text[])`,
  );
  return true;
}

export function sweepReports(db: Queryable, before: Date): Promise<number> {
  return run(db, sql`delete from mail.dmarc_report where received_at < ${before}`);
}

export interface Alignment {
  both: number;
  dkim: number;
  spf: number;
  none: number;
}

const SUMS = sql`sum(r.count) filter (where r.dkim and r.spf) as both,
  sum(r.count) filter (where r.dkim and not r.spf) as dkim,
  sum(r.count) filter (where r.spf and not r.dkim) as spf,
  sum(r.count) filter (where not r.dkim and not r.spf) as none`;

interface Sums {
  both: number | null;
  dkim: number | null;
  spf: number | null;
  none: number | null;
}

function alignmentOf(row: Sums): Alignment {
  return { both: row.both ?? 0, dkim: row.dkim ?? 0, spf: row.spf ?? 0, none: row.none ?? 0 };
}

export async function sumByDay(
  db: Queryable,
  domain: string | undefined,
  since: Date,
): Promise<({ day: string } & Alignment)[]> {
  const rows = await many(
    db,
    sql<Sums & { day: string }>`select (p.begin_at at time zone 'UTC')::date as day, ${SUMS}
      from mail.dmarc_report p join mail.dmarc_row r using (report_id)
      where p.begin_at >= ${since} and (${domain ?? null}::text is null or p.domain = ${domain ?? null})
      group by 1 order by 1`,
  );
  return rows.map((row) => ({ day: row.day, ...alignmentOf(row) }));
}

export async function sumBySource(
  db: Queryable,
  domain: string | undefined,
  since: Date,
  limit: number,
): Promise<({ source: string; refused: number } & Alignment)[]> {
  const rows = await many(
    db,
    sql<Sums & { source: string; refused: number | null }>`select r.source, ${SUMS},
        sum(r.count) filter (where r.disposition <> 'none') as refused
      from mail.dmarc_report p join mail.dmarc_row r using (report_id)
      where p.begin_at >= ${since} and (${domain ?? null}::text is null or p.domain = ${domain ?? null})
      group by 1 order by sum(r.count) desc, 1 limit ${limit}`,
  );
  return rows.map((row) => ({ source: row.source, refused: row.refused ?? 0, ...alignmentOf(row) }));
}

export interface ReportRowView {
  report_id: number;
  organisation: string;
  domain: string;
  policy: string;
  begin_at: Date;
  end_at: Date;
  authenticated: boolean;
  messages: number | null;
}

export function listReports(
  db: Queryable,
  domain: string | undefined,
  since: Date,
  limit: number,
): Promise<ReportRowView[]> {
  return many(
    db,
    sql<ReportRowView>`select p.report_id, p.organisation, p.domain, p.policy, p.begin_at, p.end_at, p.authenticated,
        (select sum(count) from mail.dmarc_row r where r.report_id = p.report_id) as messages
      from mail.dmarc_report p
      where p.begin_at >= ${since} and (${domain ?? null}::text is null or p.domain = ${domain ?? null})
      order by p.begin_at desc, p.report_id desc limit ${limit}`,
  );
}
