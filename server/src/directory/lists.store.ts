import type { ListSettings } from '@hongyan/contract';
import { many, maybe, one, type Queryable, run, sql } from '../kit/db/index.ts';

export interface ListRow {
  id: number;
  domain: string;
  local: string;
  name: string;
  name_order: string;
  description: string;
  senders: ListSettings['senders'];
  moderation: ListSettings['moderation'];
  listed: boolean;
  disabled: boolean;
  leavable: boolean;
  subject_prefix: string;
  reply_to: ListSettings['replyTo'];
  rewrite_from: ListSettings['rewriteFrom'];
  skip_sender: boolean;
  bounce_limit: number;
  created_at: Date;
}

export interface ListSummaryRow extends ListRow {
  accounts: number;
  units: number;
  lists: number;
  addresses: number;
}

const columns = sql`l.id, l.domain, l.local, l.name, l.name_order, l.description, l.senders, l.moderation, l.listed, l.disabled,
  l.leavable, l.subject_prefix, l.reply_to, l.rewrite_from, l.skip_sender, l.bounce_limit, l.created_at`;

export function findList(db: Queryable, id: number): Promise<ListRow | undefined> {
  return maybe(db, sql<ListRow>`select ${columns} from directory.list l where l.id = ${id}`);
}

export async function lockList(db: Queryable, id: number): Promise<void> {
  await run(db, sql`select 1 from directory.list where id = ${id} for update`);
}

export interface ListFilter {
  search: string | undefined;
  state: 'active' | 'disabled' | undefined;
  /** Only those that the address book shows. */
  listedOnly: boolean;
  after: { key: string; id: number } | undefined;
  limit: number;
}

function conditions(filter: ListFilter) {
  const pattern =
    filter.search === undefined ? null : `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(${filter.state ?? null}::text is null or l.disabled = (${filter.state ?? null}::text = 'disabled'))
    and (not ${filter.listedOnly}::boolean or (l.listed and not l.disabled))
    and (${pattern}::text is null or lower(l.name) like ${pattern} or l.local || '@' || l.domain like ${pattern}
         or l.pinyin like ${pattern} or l.initials like ${pattern})`;
}

/** One keyset page by pinyin. */
export function searchLists(db: Queryable, filter: ListFilter): Promise<ListSummaryRow[]> {
  const after = filter.after
    ? sql`and (l.name_order collate "C", l.id) > (${filter.after.key}, ${filter.after.id})`
    : sql``;
  return many(
    db,
    sql<ListSummaryRow>`select ${columns}, n.accounts, n.units, n.lists, n.addresses
      from directory.list l, lateral (
        select count(e.account_id)::int as accounts, count(e.unit_id)::int as units, count(e.child_id)::int as lists,
          count(e.address)::int as addresses
        from directory.list_entry e where e.list_id = l.id and e.role = 'member') n
      where ${conditions(filter)} ${after} order by l.name_order collate "C", l.id limit ${filter.limit}`,
  );
}

export async function countLists(db: Queryable, filter: ListFilter): Promise<number> {
  const row = await one(
    db,
    sql<{ n: number }>`select count(*)::int as n from directory.list l where ${conditions(filter)}`,
  );
  return row.n;
}

export interface ListColumns extends ListSettings {
  pinyin: string;
  order: string;
  initials: string;
}

export async function insertList(
  db: Queryable,
  list: ListColumns & { domain: string; local: string; now: Date },
): Promise<number> {
  const row = await one(
    db,
    sql<{
      id: number;
    }>`insert into directory.list (domain, local, name, description, pinyin, name_order, initials, senders,
        moderation, listed, leavable, subject_prefix, reply_to, rewrite_from, skip_sender, bounce_limit, created_at, changed_at)
      values (${list.domain}, ${list.local}, ${list.name}, ${list.description}, ${list.pinyin}, ${list.order}, ${list.initials},
        ${list.senders}, ${list.moderation}, ${list.listed}, ${list.leavable}, ${list.subjectPrefix}, ${list.replyTo},
        ${list.rewriteFrom}, ${list.skipSender}, ${list.bounceLimit}, ${list.now}, ${list.now}) returning id`,
  );
  return row.id;
}

export async function updateList(db: Queryable, id: number, list: ListColumns, now: Date): Promise<void> {
  await run(
    db,
    sql`update directory.list set name = ${list.name}, description = ${list.description}, pinyin = ${list.pinyin},
          name_order = ${list.order}, initials = ${list.initials}, senders = ${list.senders}, moderation = ${list.moderation},
          listed = ${list.listed}, leavable = ${list.leavable}, subject_prefix = ${list.subjectPrefix},
          reply_to = ${list.replyTo}, rewrite_from = ${list.rewriteFrom}, skip_sender = ${list.skipSender},
          bounce_limit = ${list.bounceLimit}, changed_at = ${now}
        where id = ${id}`,
  );
}

export async function setListDisabled(
  db: Queryable,
  id: number,
  disabled: boolean,
  now: Date,
): Promise<void> {
  await run(db, sql`update directory.list set disabled = ${disabled}, changed_at = ${now} where id = ${id}`);
}

/** Its address goes with it. */
export async function deleteList(db: Queryable, id: number): Promise<void> {
  await run(db, sql`delete from directory.list where id = ${id}`);
}

/** Ids of these that exist. */
export async function findListIds(db: Queryable, ids: readonly number[]): Promise<Set<number>> {
  const rows = await many(
    db,
    sql<{ id: number }>`select id from directory.list where id = any(${ids}::bigint[])`,
  );
  return new Set(rows.map((row) => row.id));
}
