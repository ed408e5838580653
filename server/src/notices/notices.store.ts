import { many, maybe, type Queryable, run, sql } from '../kit/db/index.ts';

export interface NoticeRow {
  id: number;
  title: string;
  category: string;
  unit: string;
  body: string;
  published_at: Date;
}

const select = sql`
  select n.id, n.title, n.category, u.name as unit, n.body, n.published_at
  from notices.notice n join directory.unit u on u.id = n.unit_id`;

/** The newest few of every category. */
export function findLatest(db: Queryable, perCategory: number, now: Date): Promise<NoticeRow[]> {
  return many(
    db,
    sql<NoticeRow>`select * from (
        select x.*, row_number() over (partition by category order by published_at desc, id desc) as place
        from (${select} where n.published_at <= ${now}) x) ranked
      where place <= ${perCategory} order by published_at desc, id desc`,
  );
}

export function findNotices(
  db: Queryable,
  filter: { category: string | undefined; beforeId: number | undefined; limit: number; now: Date },
): Promise<NoticeRow[]> {
  return many(
    db,
    sql<NoticeRow>`${select} where n.published_at <= ${filter.now}
        and (${filter.category ?? null}::text is null or n.category = ${filter.category ?? null})
        and (${filter.beforeId ?? null}::bigint is null
             or (n.published_at, n.id) < (select published_at, id from notices.notice where id = ${filter.beforeId ?? null}))
      order by n.published_at desc, n.id desc limit ${filter.limit}`,
  );
}

export function findNotice(db: Queryable, id: number, now: Date): Promise<NoticeRow | undefined> {
  return maybe(db, sql<NoticeRow>`${select} where n.id = ${id} and n.published_at <= ${now}`);
}

export async function insertNotice(
  db: Queryable,
  row: { title: string; category: string; unitId: number; body: string; publishedAt: Date },
): Promise<void> {
  await run(
    db,
    sql`insert into notices.notice (title, category, unit_id, body, published_at)
        values (${row.title}, ${row.category}, ${row.unitId}, ${row.body}, ${row.publishedAt})`,
  );
}
