import type { RawBuilder } from '../../kit/db/index.ts';
import { many, maybe, type Queryable, sql } from '../../kit/db/index.ts';
import { foldText } from '../protocol/mime/index.ts';
import { flagsOf } from './entry.store.ts';
import { normalizeRanges } from './ranges.ts';
import { findTextHits, type TextHits } from './text-hits.ts';
import { type Criterion, type EmailQuery, type Scope, type SortBy, StoreError } from './types.ts';

type Fragment = RawBuilder<unknown>;

interface Context {
  scope: Scope;
  shared: boolean;
  /** Set when a fragment reads mail.message as m. */
  usesMessage: boolean;
  /** What the index says of each text. */
  hits: ReadonlyMap<Criterion, TextHits>;
}

const TEXT_COLUMNS = new Map<string, Fragment>([
  ['subject', sql`m.subject_fold`],
  ['from', sql`m.from_fold`],
  ['to', sql`m.to_fold`],
  ['cc', sql`m.cc_fold`],
  ['bcc', sql`m.bcc_fold`],
]);

/** A criterion as a condition on mail.entry e and mail.message m. */
function compile(context: Context, criterion: Criterion): Fragment {
  switch (criterion.is) {
    case 'all':
      return sql`true`;
    case 'none':
      return sql`false`;
    case 'and':
    case 'or': {
      if (criterion.of.length === 0) return criterion.is === 'and' ? sql`true` : sql`false`;
      const parts = criterion.of.map((inner) => compile(context, inner));
      return sql`(${sql.join(parts, criterion.is === 'and' ? sql` and ` : sql` or `)})`;
    }
    case 'not':
      return sql`not coalesce(${compile(context, criterion.of)}, false)`;
    case 'uid': {
      const { from, to } = normalizeRanges(criterion.ranges);
      if (from.length === 1) return sql`e.uid between ${from[0]} and ${to[0]}`;
      return sql`exists (select 1 from unnest(${from}::bigint[], ${to}::bigint[]) as w(f, t) where e.uid between w.f and w.t)`;
    }
    case 'flag':
      // Literal, so that the partial indexes on seen, flagged and deleted can be used.
      return sql`(${flagsOf(context.scope, context.shared)}) & ${sql.raw(String(criterion.flag & 31))} <> 0`;
    case 'keyword':
      return sql`exists (select 1 from unnest(e.keywords) as k where lower(k) = ${criterion.keyword.toLowerCase()})`;
    case 'text':
      return compileText(context, criterion);
    case 'header':
      context.usesMessage = true;
      return sql`(${among(context, criterion)} and exists (select 1 from mail.body b where b.hash = m.body_hash
        and b.header_text ~ ${headerPattern(criterion.field, criterion.value)}))`;
    case 'received':
      return between(sql`e.received_at`, criterion.from, criterion.before);
    case 'saved':
      return between(sql`e.saved_at`, criterion.from, criterion.before);
    case 'sent':
      context.usesMessage = true;
      return between(sql`coalesce(m.sent_at, e.received_at)`, criterion.from, criterion.before);
    case 'size': {
      const parts = [sql`true`];
      if (criterion.largerThan !== undefined) parts.push(sql`e.size_bytes > ${criterion.largerThan}`);
      if (criterion.smallerThan !== undefined) parts.push(sql`e.size_bytes < ${criterion.smallerThan}`);
      return sql`(${sql.join(parts, sql` and `)})`;
    }
    case 'modseq':
      return sql`e.modseq >= ${criterion.from}`;
    case 'attachment':
      context.usesMessage = true;
      return sql`m.has_attachment`;
    case 'message':
      return sql`e.message_id = any(${criterion.ids}::bigint[])`;
    case 'thread':
      return sql`e.thread_id = any(${criterion.ids}::bigint[])`;
    case 'inMailbox':
      return sql`exists (select 1 from mail.entry x where x.account_id = e.account_id and x.message_id = e.message_id
        and x.mailbox_id = ${criterion.mailboxId})`;
    case 'inOtherThan':
      return sql`exists (select 1 from mail.entry x where x.account_id = e.account_id and x.message_id = e.message_id
        and x.mailbox_id <> all(${criterion.mailboxIds}::bigint[]))`;
    case 'thread-has': {
      const has = criterion.keyword
        ? sql`exists (select 1 from unnest(t.keywords) as k where lower(k) = ${criterion.keyword.toLowerCase()})`
        : sql`(${flagsOf(context.scope, context.shared, 't')}) & ${criterion.flag ?? 0} <> 0`;
      const others = (condition: Fragment) =>
        sql`exists (select 1 from mail.message tm join mail.entry t on t.account_id = tm.account_id and t.message_id = tm.message_id
          where tm.account_id = e.account_id and tm.thread_id = e.thread_id and ${condition})`;
      return criterion.quantity === 'some' ? others(has) : sql`not ${others(sql`not ${has}`)}`;
    }
  }
}

function compileText(context: Context, criterion: Extract<Criterion, { is: 'text' }>): Fragment {
  context.usesMessage = true;
  const value = foldText(criterion.value);
  const column = TEXT_COLUMNS.get(criterion.where);
  if (column) return sql`(${among(context, criterion)} and strpos(${column}, ${value}) > 0)`;
  const inHeader = criterion.where === 'text' ? sql`strpos(b.header_text, ${value}) > 0 or` : sql``;
  const packed = context.hits.get(criterion)?.packed ?? [];
  const inPacked = packed.length > 0 ? sql`e.message_id = any(${packed}::bigint[]) or` : sql``;
  return sql`(${among(context, criterion)} and (${inPacked} exists (select 1 from mail.body b where b.hash = m.body_hash
    and (${inHeader} strpos(b.body_text, ${value}) > 0))))`;
}

/** Only messages that may hold the text are worth a look. */
function among(context: Context, criterion: Criterion): Fragment {
  const candidates = context.hits.get(criterion)?.candidates;
  return candidates === undefined ? sql`true` : sql`e.message_id = any(${candidates}::bigint[])`;
}

function between(column: Fragment, from: Date | undefined, before: Date | undefined): Fragment {
  const parts = [sql`true`];
  if (from) parts.push(sql`${column} >= ${from}`);
  if (before) parts.push(sql`${column} < ${before}`);
  return sql`(${sql.join(parts, sql` and `)})`;
}

/** Line of that field whose value contains the text; header_text is folded already. */
function headerPattern(field: string, value: string): string {
  const literal = (text: string) => text.replace(/[^\p{L}\p{N}\s_]/gu, '\\$&');
  return `(?n)^${literal(field.toLowerCase())}:.*${literal(foldText(value))}`;
}

export async function searchMailbox(
  db: Queryable,
  scope: Scope,
  shared: boolean,
  mailboxId: number,
  criterion: Criterion,
): Promise<{ uids: number[]; modseq: number }> {
  const hits = await findTextHits(db, scope.accountId, criterion);
  const context: Context = { scope, shared, usesMessage: false, hits };
  const condition = compile(context, criterion);
  const rows = await many(
    db,
    sql<{ uid: number; modseq: number }>`select e.uid, e.modseq from mail.entry e ${join(context)}
      where e.account_id = ${scope.accountId} and e.mailbox_id = ${mailboxId} and ${condition} order by e.uid`,
  );
  return {
    uids: rows.map((row) => row.uid),
    modseq: rows.reduce((max, row) => Math.max(max, row.modseq), 0),
  };
}

function join(context: Context): Fragment {
  return context.usesMessage
    ? sql`join mail.message m on m.account_id = e.account_id and m.message_id = e.message_id`
    : sql``;
}

const SORT_COLUMNS = new Map<SortBy['by'], { column: Fragment; message: boolean }>([
  ['received', { column: sql`e.received_at`, message: false }],
  ['arrival', { column: sql`e.saved_at`, message: false }],
  ['size', { column: sql`e.size_bytes`, message: false }],
  ['sent', { column: sql`coalesce(m.sent_at, e.received_at)`, message: true }],
  ['from', { column: sql`m.from_fold`, message: true }],
  ['to', { column: sql`m.to_fold`, message: true }],
  ['cc', { column: sql`m.cc_fold`, message: true }],
  ['subject', { column: sql`m.base_subject`, message: true }],
]);

interface Order {
  column: Fragment;
  descending: boolean;
}

/** Everything that the pages of one query have in common. */
export interface Plan {
  from: Fragment;
  order: Order[];
}

export async function planQuery(
  db: Queryable,
  scope: Scope,
  shared: boolean,
  query: EmailQuery,
): Promise<Plan> {
  const hits = await findTextHits(db, scope.accountId, query.filter);
  const context: Context = { scope, shared, usesMessage: false, hits };
  const { mailboxId, rest } = takeMailbox(query.filter);
  const condition = compile(context, rest);
  const order: Order[] = [];
  for (const { by, descending } of query.sort.length > 0
    ? query.sort
    : [{ by: 'received', descending: true } as const]) {
    const known = SORT_COLUMNS.get(by);
    if (!known) continue;
    if (known.message) context.usesMessage = true;
    order.push({ column: known.column, descending });
  }
  order.push({ column: sql`e.message_id`, descending: order[0]?.descending ?? true });
  // Each Email once: in one mailbox its first UID stands for it, else its first entry anywhere.
  const once =
    mailboxId === undefined
      ? sql`not exists (select 1 from mail.entry o where o.account_id = e.account_id and o.message_id = e.message_id
          and (o.mailbox_id, o.uid) < (e.mailbox_id, e.uid))`
      : sql`e.mailbox_id = ${mailboxId} and not exists (select 1 from mail.entry o where o.account_id = e.account_id
          and o.message_id = e.message_id and o.mailbox_id = e.mailbox_id and o.uid < e.uid)`;
  return {
    from: sql`from mail.entry e ${join(context)} where e.account_id = ${scope.accountId} and ${once} and ${condition}`,
    order,
  };
}

/** A mailbox that every answer must be in, so that its index gives the order. */
function takeMailbox(filter: Criterion): { mailboxId: number | undefined; rest: Criterion } {
  if (filter.is === 'inMailbox') return { mailboxId: filter.mailboxId, rest: { is: 'all' } };
  if (filter.is !== 'and') return { mailboxId: undefined, rest: filter };
  const index = filter.of.findIndex((inner) => inner.is === 'inMailbox');
  const found = filter.of[index];
  if (found?.is !== 'inMailbox') return { mailboxId: undefined, rest: filter };
  return { mailboxId: found.mailboxId, rest: { is: 'and', of: filter.of.filter((_, at) => at !== index) } };
}

export interface QueryRow {
  message_id: number;
  thread_id: number;
}

/** One page in order, after the anchor when there is one. */
export async function listPage(
  db: Queryable,
  plan: Plan,
  page: { after: unknown[] | undefined; limit: number; offset: number; threadIds?: readonly number[] },
): Promise<(QueryRow & { keys: unknown[] })[]> {
  const after = page.after ? sql`and ${keyset(plan.order, page.after)}` : sql``;
  const threads = page.threadIds ? sql`and e.thread_id = any(${page.threadIds}::bigint[])` : sql``;
  const rows = await many(
    db,
    sql<QueryRow & Record<string, unknown>>`
      select e.message_id, e.thread_id, ${keyColumns(plan.order)} ${plan.from} ${threads} ${after}
      order by ${orderBy(plan.order)} limit ${page.limit} offset ${page.offset}`,
  );
  return rows.map((row) => ({
    message_id: row.message_id,
    thread_id: row.thread_id,
    keys: keysOf(plan.order, row),
  }));
}

/** Sort values of a message: where the next page begins. */
export async function findAnchor(db: Queryable, plan: Plan, messageId: number): Promise<unknown[]> {
  const row = await maybe(
    db,
    sql<
      Record<string, unknown>
    >`select ${keyColumns(plan.order)} ${plan.from} and e.message_id = ${messageId} limit 1`,
  );
  if (!row) throw new StoreError('nonexistent', 'the anchor is not among the results');
  return keysOf(plan.order, row);
}

export async function countResults(db: Queryable, plan: Plan, threads: boolean): Promise<number> {
  const what = threads ? sql`count(distinct e.thread_id)` : sql`count(*)`;
  const row = await maybe(db, sql<{ n: number }>`select ${what} as n ${plan.from}`);
  return row?.n ?? 0;
}

function keyColumns(order: readonly Order[]): Fragment {
  return sql.join(order.map((one, index) => sql`${one.column} as ${sql.ref(`k${index}`)}`));
}

function keysOf(order: readonly Order[], row: Record<string, unknown>): unknown[] {
  return order.map((_, index) => row[`k${index}`]);
}

function orderBy(order: readonly Order[]): Fragment {
  return sql.join(order.map((one) => sql`${one.column} ${one.descending ? sql`desc` : sql`asc`}`));
}

/** Strictly after the anchor in the order: (a > x) or (a = x and b > y) or … */
function keyset(order: readonly Order[], values: readonly unknown[]): Fragment {
  const directions = new Set(order.map((one) => one.descending));
  if (directions.size === 1) {
    const columns = sql.join(order.map((one) => one.column));
    const bounds = sql.join(values.map((value) => sql`${value}`));
    return directions.has(true) ? sql`(${columns}) < (${bounds})` : sql`(${columns}) > (${bounds})`;
  }
  const steps = order.map((one, index) => {
    const equal = order.slice(0, index).map((before, at) => sql`${before.column} = ${values[at]}`);
    return sql`(${sql.join([...equal, sql`${one.column} ${one.descending ? sql`<` : sql`>`} ${values[index]}`], sql` and `)})`;
  });
  return sql`(${sql.join(steps, sql` or `)})`;
}
