import type { FormValues } from '@hongyan/contract';
import { many, maybe, one, type Queryable, run, sql } from '../../kit/db/index.ts';

export type ApplicationStatus = 'running' | 'returned' | 'approved' | 'rejected' | 'withdrawn';

export interface ApplicationRow {
  id: string;
  number: string;
  service_key: string;
  service_name: string;
  version: number;
  applicant_id: number;
  applicant_name: string;
  applicant_local: string;
  applicant_unit: string;
  title: string;
  values: FormValues;
  status: ApplicationStatus;
  results: { label: string; value: string }[];
  submitted_at: Date;
  due_at: Date;
  ended_at: Date | null;
}

const select = sql`
  select p.id, p.number, p.service_key, s.name as service_name, p.version, p.applicant_id, a.name as applicant_name,
         a.local as applicant_local, u.name as applicant_unit, p.title, p.values, p.status, p.results, p.submitted_at,
         p.due_at, p.ended_at
  from hall.application p
  join hall.service s on s.key = p.service_key
  join directory.account a on a.id = p.applicant_id
  join directory.unit u on u.id = a.unit_id`;

export function findApplication(db: Queryable, id: string): Promise<ApplicationRow | undefined> {
  return maybe(db, sql<ApplicationRow>`${select} where p.id = ${id}::uuid`);
}

export function findApplications(db: Queryable, ids: string[]): Promise<ApplicationRow[]> {
  return many(db, sql<ApplicationRow>`${select} where p.id = any(${ids}::uuid[])`);
}

export function findByRequest(
  db: Queryable,
  applicantId: number,
  requestKey: string,
): Promise<{ id: string; number: string } | undefined> {
  return maybe(
    db,
    sql<{ id: string; number: string }>`select id, number from hall.application
      where applicant_id = ${applicantId} and request_key = ${requestKey}`,
  );
}

/** Case numbers count within a day: `20261123-0007`. */
export async function nextNumber(db: Queryable, day: string): Promise<string> {
  const row = await one(
    db,
    sql<{ last: number }>`insert into hall.number as n (day, last) values (${day}::date, 1)
      on conflict (day) do update set last = n.last + 1 returning last`,
  );
  return `${day.replaceAll('-', '')}-${String(row.last).padStart(4, '0')}`;
}

/** False when the same press of the button made the case before. */
export async function insertApplication(
  db: Queryable,
  row: {
    id: string;
    number: string;
    serviceKey: string;
    version: number;
    applicantId: number;
    requestKey: string;
    title: string;
    values: FormValues;
    now: Date;
    dueAt: Date;
  },
): Promise<boolean> {
  const inserted = await maybe(
    db,
    sql`insert into hall.application (id, number, service_key, version, applicant_id, request_key, title, values, status, submitted_at, due_at)
        values (${row.id}::uuid, ${row.number}, ${row.serviceKey}, ${row.version}, ${row.applicantId}, ${row.requestKey},
                ${row.title}, ${JSON.stringify(row.values)}::jsonb, 'running', ${row.now}, ${row.dueAt})
        on conflict (applicant_id, request_key) do nothing returning id`,
  );
  return inserted !== undefined;
}

export async function updateApplication(
  db: Queryable,
  id: string,
  change: {
    values?: FormValues;
    status?: ApplicationStatus;
    endedAt?: Date | null;
    addResults?: { label: string; value: string }[];
  },
): Promise<void> {
  const sets = [];
  if (change.values !== undefined) sets.push(sql`values = ${JSON.stringify(change.values)}::jsonb`);
  if (change.status !== undefined) sets.push(sql`status = ${change.status}`);
  if (change.endedAt !== undefined) sets.push(sql`ended_at = ${change.endedAt}`);
  if (change.addResults !== undefined)
    sets.push(sql`results = results || ${JSON.stringify(change.addResults)}::jsonb`);
  if (sets.length > 0)
    await run(db, sql`update hall.application set ${sql.join(sets)} where id = ${id}::uuid`);
}

export interface StartedFilter {
  applicantId: number;
  search: string | undefined;
  service: string | undefined;
  status: ApplicationStatus | undefined;
  after: { key: string; id: string } | undefined;
  limit: number;
}

export function findStarted(db: Queryable, filter: StartedFilter): Promise<ApplicationRow[]> {
  const pattern = filter.search === undefined ? null : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
  const after = filter.after
    ? sql`and (p.submitted_at, p.id) < (${filter.after.key}::timestamptz, ${filter.after.id}::uuid)`
    : sql``;
  return many(
    db,
    sql<ApplicationRow>`${select}
      where p.applicant_id = ${filter.applicantId}
        and (${pattern}::text is null or p.title ilike ${pattern} or p.number like ${pattern})
        and (${filter.service ?? null}::text is null or p.service_key = ${filter.service ?? null})
        and (${filter.status ?? null}::text is null or p.status = ${filter.status ?? null}) ${after}
      order by p.submitted_at desc, p.id desc limit ${filter.limit}`,
  );
}

export async function countStarted(db: Queryable, applicantId: number): Promise<number> {
  return (
    await one(
      db,
      sql<{ n: number }>`select count(*)::int as n from hall.application where applicant_id = ${applicantId}`,
    )
  ).n;
}

export async function countRunning(db: Queryable): Promise<number> {
  return (
    await one(
      db,
      sql<{
        n: number;
      }>`select count(*)::int as n from hall.application where status in ('running', 'returned')`,
    )
  ).n;
}

export interface AttachmentRow {
  id: string;
  owner_id: number;
  application_id: string | null;
  name: string;
  media_type: string;
  size: number;
  blob: string;
}

export function findAttachment(db: Queryable, id: string): Promise<AttachmentRow | undefined> {
  return maybe(
    db,
    sql<AttachmentRow>`select id, owner_id, application_id, name, media_type, size, blob from hall.attachment where id = ${id}::uuid`,
  );
}

export async function insertAttachment(
  db: Queryable,
  row: {
    id: string;
    ownerId: number;
    name: string;
    mediaType: string;
    size: number;
    blob: string;
    now: Date;
  },
): Promise<void> {
  await run(
    db,
    sql`insert into hall.attachment (id, owner_id, name, media_type, size, blob, created_at)
        values (${row.id}::uuid, ${row.ownerId}, ${row.name}, ${row.mediaType}, ${row.size}, ${row.blob}, ${row.now})`,
  );
}

/** Binds uploads of this person to the case; returns how many of the ids were his and free (or the case's already). */
export async function claimAttachments(
  db: Queryable,
  ids: string[],
  ownerId: number,
  applicationId: string,
): Promise<number> {
  return run(
    db,
    sql`update hall.attachment set application_id = ${applicationId}::uuid
        where id = any(${ids}::uuid[]) and (application_id = ${applicationId}::uuid or (owner_id = ${ownerId} and application_id is null))`,
  );
}
