import type { FieldRights, Form } from '@hongyan/contract';
import { many, maybe, one, type Queryable, run, sql } from '../../kit/db/index.ts';

export interface ServiceRow {
  key: string;
  name: string;
  initial: string;
  summary: string;
  icon: string;
  unit_id: number;
  unit_name: string;
  theme: string;
  track: string;
  audience: string[];
  guide: string;
  conditions: string[];
  materials: string[];
  contacts: { name: string; phone: string; place: string }[];
  declaration: string;
  working_days: number;
  link: string | null;
  is_system: boolean;
  visits: number;
  version: number | null;
  favourite: boolean;
  last_visit: Date | null;
}

const select = (accountId: number) => sql`
  select s.key, s.name, s.initial, s.summary, s.icon, s.unit_id, u.name as unit_name, s.theme, s.track, s.audience,
         s.guide, s.conditions, s.materials, s.contacts, s.declaration, s.working_days, s.link, s.is_system, s.visits,
         (select max(v.version) from hall.service_version v where v.service_key = s.key) as version,
         (f.account_id is not null) as favourite, l.at as last_visit
  from hall.service s
  join directory.unit u on u.id = s.unit_id
  left join hall.favourite f on f.service_key = s.key and f.account_id = ${accountId}
  left join hall.last_visit l on l.service_key = s.key and l.account_id = ${accountId}`;

/** Services for these audiences; `systems` are the tiles of other systems instead. */
export function findServices(
  db: Queryable,
  filter: { accountId: number; audiences: string[]; search: string | undefined; systems: boolean },
): Promise<ServiceRow[]> {
  const pattern =
    filter.search === undefined ? null : `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return many(
    db,
    sql<ServiceRow>`${select(filter.accountId)}
      where s.is_system = ${filter.systems} and s.audience && ${filter.audiences}::text[]
        and (${pattern}::text is null or lower(s.name) like ${pattern} or s.pinyin like ${pattern} or s.initials like ${pattern}
             or lower(s.summary) like ${pattern} or lower(u.name) like ${pattern})
      order by s.position, s.name collate "zh-x-icu"`,
  );
}

export function findService(db: Queryable, accountId: number, key: string): Promise<ServiceRow | undefined> {
  return maybe(db, sql<ServiceRow>`${select(accountId)} where s.key = ${key}`);
}

export async function addVisit(
  db: Queryable,
  accountId: number,
  key: string,
  now: Date,
  day: string,
): Promise<void> {
  await run(db, sql`update hall.service set visits = visits + 1 where key = ${key}`);
  await run(
    db,
    sql`insert into hall.last_visit (account_id, service_key, at) values (${accountId}, ${key}, ${now})
        on conflict (account_id, service_key) do update set at = excluded.at`,
  );
  await run(
    db,
    sql`insert into hall.daily_views as d (day, views) values (${day}::date, 1) on conflict (day) do update set views = d.views + 1`,
  );
}

export async function addFavourite(db: Queryable, accountId: number, key: string, now: Date): Promise<void> {
  await run(
    db,
    sql`insert into hall.favourite (account_id, service_key, created_at) values (${accountId}, ${key}, ${now}) on conflict do nothing`,
  );
}

export async function removeFavourite(db: Queryable, accountId: number, key: string): Promise<void> {
  await run(db, sql`delete from hall.favourite where account_id = ${accountId} and service_key = ${key}`);
}

export interface Figures {
  services: number;
  online: number;
  completed: number;
  visits: number;
  people: number;
  today: number;
}

/** Counting rules of HALL-4: completed = the process has ended; people = distinct applicants; today = since 00:00. */
export function countFigures(db: Queryable, day: string): Promise<Figures> {
  return one(
    db,
    sql<Figures>`select
      (select count(*)::int from hall.service where not is_system) as services,
      (select count(distinct service_key)::int from hall.service_version) as online,
      (select count(*)::int from hall.application where status in ('approved', 'rejected')) as completed,
      (select coalesce(sum(visits), 0)::bigint from hall.service) as visits,
      (select count(distinct applicant_id)::int from hall.application) as people,
      coalesce((select views::int from hall.daily_views where day = ${day}::date), 0) as today`,
  );
}

export interface VersionRow {
  version: number;
  definition_id: string;
  form: Form;
  rights: Record<string, FieldRights>;
  title: string;
}

export function findVersion(db: Queryable, key: string, version: number): Promise<VersionRow | undefined> {
  return maybe(
    db,
    sql<VersionRow>`select version, definition_id, form, rights, title from hall.service_version
      where service_key = ${key} and version = ${version}`,
  );
}

export interface NewService {
  key: string;
  name: string;
  pinyin: string;
  initials: string;
  initial: string;
  summary: string;
  icon: string;
  unitId: number;
  theme: string;
  track: string;
  audience: string[];
  guide: string;
  conditions: string[];
  materials: string[];
  contacts: { name: string; phone: string; place: string }[];
  declaration: string;
  workingDays: number;
  link: string | null;
  isSystem: boolean;
  position: number;
  visits: number;
}

export async function insertService(db: Queryable, s: NewService): Promise<void> {
  await run(
    db,
    sql`insert into hall.service (key, name, pinyin, initials, initial, summary, icon, unit_id, theme, track, audience, guide,
          conditions, materials, contacts, declaration, working_days, link, is_system, position, visits)
        values (${s.key}, ${s.name}, ${s.pinyin}, ${s.initials}, ${s.initial}, ${s.summary}, ${s.icon}, ${s.unitId}, ${s.theme},
                ${s.track}, ${s.audience}::text[], ${s.guide}, ${JSON.stringify(s.conditions)}::jsonb,
                ${JSON.stringify(s.materials)}::jsonb, ${JSON.stringify(s.contacts)}::jsonb, ${s.declaration}, ${s.workingDays},
                ${s.link}, ${s.isSystem}, ${s.position}, ${s.visits})`,
  );
}

export async function insertVersion(
  db: Queryable,
  row: {
    key: string;
    version: number;
    definitionId: string;
    form: Form;
    rights: Record<string, FieldRights>;
    title: string;
    now: Date;
  },
): Promise<void> {
  await run(
    db,
    sql`insert into hall.service_version (service_key, version, definition_id, form, rights, title, created_at)
        values (${row.key}, ${row.version}, ${row.definitionId}::uuid, ${JSON.stringify(row.form)}::jsonb,
                ${JSON.stringify(row.rights)}::jsonb, ${row.title}, ${row.now})`,
  );
}

export async function findDraft(
  db: Queryable,
  accountId: number,
  key: string,
): Promise<{ values: Record<string, unknown>; saved_at: Date } | undefined> {
  return maybe(
    db,
    sql<{ values: Record<string, unknown>; saved_at: Date }>`select values, saved_at from hall.draft
      where account_id = ${accountId} and service_key = ${key}`,
  );
}

export async function saveDraft(
  db: Queryable,
  accountId: number,
  key: string,
  values: Record<string, unknown>,
  now: Date,
): Promise<void> {
  await run(
    db,
    sql`insert into hall.draft (account_id, service_key, values, saved_at)
        values (${accountId}, ${key}, ${JSON.stringify(values)}::jsonb, ${now})
        on conflict (account_id, service_key) do update set values = excluded.values, saved_at = excluded.saved_at`,
  );
}

export async function deleteDraft(db: Queryable, accountId: number, key: string): Promise<void> {
  await run(db, sql`delete from hall.draft where account_id = ${accountId} and service_key = ${key}`);
}
