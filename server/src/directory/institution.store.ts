import { maybe, type Queryable, run, sql } from '../kit/db/index.ts';

export interface InstitutionRow {
  name: string;
  introduction: string;
  help_desk: string;
  news: { title: string; day: string }[];
  created_at: Date;
}

export function findInstitution(db: Queryable): Promise<InstitutionRow | undefined> {
  return maybe(
    db,
    sql<InstitutionRow>`select name, introduction, help_desk, news, created_at from directory.institution`,
  );
}

/** Fails on a second one: the primary key allows a single row. */
export async function insertInstitution(
  db: Queryable,
  row: Omit<InstitutionRow, 'created_at'> & { now: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into directory.institution (name, introduction, help_desk, news, created_at)
        values (${row.name}, ${row.introduction}, ${row.help_desk}, ${JSON.stringify(row.news)}::jsonb, ${row.now})`,
  );
}

export interface DirectoryFigures {
  people: number;
  mailboxes: number;
  units: number;
  unit_mailboxes: number;
}

export async function countDirectory(db: Queryable): Promise<DirectoryFigures> {
  const row = await maybe(
    db,
    sql<DirectoryFigures>`select
      (select count(*)::int from directory.account where kind = 'person' and purged_at is null) as people,
      (select count(*)::int from directory.account where purged_at is null) as mailboxes,
      (select count(*)::int from directory.unit where not is_default) as units,
      (select count(*)::int from directory.account where kind = 'unit' and purged_at is null) as unit_mailboxes`,
  );
  return row ?? { people: 0, mailboxes: 0, units: 0, unit_mailboxes: 0 };
}
