import { many, maybe, type Queryable, type RawBuilder, sql } from '../../kit/db/index.ts';
import type { Origin, State } from '../queue/index.ts';

export interface LogRow {
  recipient_id: number;
  transfer_id: number;
  ref: string;
  created_at: Date;
  sender: string;
  address: string;
  subject: string;
  size_bytes: number;
  origin: Origin;
  local: boolean;
  state: State;
  reply: string | null;
}

export interface LogFilter {
  /** Substring of subject, addresses or ref, as typed. */
  search: string | undefined;
  state: State | undefined;
  direction: 'in' | 'out' | 'local' | 'system' | undefined;
  from: Date | undefined;
  before: Date | undefined;
  /** Strictly older than this row. */
  after: { at: Date; transferId: number; recipientId: number } | undefined;
  /** Only mail that this account sent or received. */
  accountId: number | undefined;
}

const COLUMNS = sql`r.recipient_id, t.transfer_id, t.ref, t.created_at, t.sender, r.address, t.subject, t.size_bytes, t.origin,
  r.account_id is not null as local, r.state, r.reply`;

function conditions(filter: LogFilter): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [sql`true`];
  if (filter.search) {
    const pattern = `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    parts.push(
      sql`(lower(t.subject) like ${pattern} or lower(t.sender) like ${pattern} or lower(r.address) like ${pattern} or t.ref like ${pattern})`,
    );
  }
  if (filter.state) parts.push(sql`r.state = ${sql.lit(filter.state)}`);
  if (filter.direction === 'in') parts.push(sql`t.origin = 'mx'`);
  if (filter.direction === 'out')
    parts.push(sql`t.origin <> 'mx' and r.account_id is null and r.list_id is null`);
  if (filter.direction === 'local') parts.push(sql`t.origin = 'submission' and r.account_id is not null`);
  if (filter.direction === 'system') parts.push(sql`t.origin in ('system', 'bounce')`);
  if (filter.from) parts.push(sql`t.created_at >= ${filter.from}`);
  if (filter.before) parts.push(sql`t.created_at < ${filter.before}`);
  if (filter.after)
    parts.push(
      sql`t.created_at <= ${filter.after.at} and (t.created_at, t.transfer_id, r.recipient_id)
        < (${filter.after.at}, ${filter.after.transferId}, ${filter.after.recipientId})`,
    );
  if (filter.accountId !== undefined)
    parts.push(sql`t.transfer_id in (select transfer_id from mail.recipient where account_id = ${filter.accountId}
      union all select transfer_id from mail.transfer where account_id = ${filter.accountId})`);
  return sql.join(parts, sql` and `);
}

/** Rows of the log, newest first. */
export function listLog(db: Queryable, filter: LogFilter, limit: number): Promise<LogRow[]> {
  return many(
    db,
    sql<LogRow>`select ${COLUMNS} from mail.transfer t join mail.recipient r using (transfer_id)
      where ${conditions(filter)} order by t.created_at desc, t.transfer_id desc, r.recipient_id desc limit ${limit}`,
  );
}

/** The same among transfers that the index found. */
export function listLogAmong(
  db: Queryable,
  filter: LogFilter,
  transferIds: readonly number[],
  limit: number,
): Promise<LogRow[]> {
  return many(
    db,
    sql<LogRow>`select ${COLUMNS} from mail.transfer t join mail.recipient r using (transfer_id)
      where t.transfer_id = any(${transferIds}::bigint[]) and ${conditions(filter)}
      order by t.created_at desc, t.transfer_id desc, r.recipient_id desc limit ${limit}`,
  );
}

export interface RefusedRow {
  trace_id: number;
  at: Date;
  sender: string | null;
  address: string | null;
  status: string | null;
  detail: string | null;
}

/** What was refused in the session and so never became a message, newest first. */
export function listRefused(
  db: Queryable,
  filter: LogFilter,
  beforeId: number | undefined,
  limit: number,
): Promise<RefusedRow[]> {
  const pattern = filter.search ? `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%` : null;
  return many(
    db,
    sql<RefusedRow>`select trace_id, at, sender, address, status, detail from mail.trace
      where event = 'refused' and transfer_id is null
        and (${beforeId ?? null}::bigint is null or trace_id < ${beforeId ?? null})
        and (${filter.from ?? null}::timestamptz is null or at >= ${filter.from ?? null})
        and (${filter.before ?? null}::timestamptz is null or at < ${filter.before ?? null})
        and (${pattern}::text is null or lower(sender) like ${pattern} or lower(address) like ${pattern}
          or lower(detail) like ${pattern})
      order by trace_id desc limit ${limit}`,
  );
}

export interface LifeRow {
  transfer_id: number;
  ref: string;
  created_at: Date;
  origin: Origin;
  sender: string;
  account_id: number | null;
  subject: string;
  rfc_id: string | null;
  size_bytes: number;
  session_id: string | null;
  remote: string | null;
  helo: string | null;
  tls: string | null;
  header: Buffer | null;
  junk: boolean;
  cause: string | null;
}

export function findLife(db: Queryable, ref: string): Promise<LifeRow | undefined> {
  return maybe(
    db,
    sql<LifeRow>`select transfer_id, ref, created_at, origin, sender, account_id, subject, rfc_id, size_bytes, session_id, remote,
      helo, tls, header, junk, cause from mail.transfer where ref = ${ref}`,
  );
}

export interface LifeRecipientRow {
  recipient_id: number;
  account_id: number | null;
  address: string;
  state: State;
  attempts: number;
  reply: string | null;
  remote: string | null;
  next_at: Date;
}

export function listLifeRecipients(
  db: Queryable,
  transferId: number,
  accountId: number | undefined,
  limit: number,
): Promise<(LifeRecipientRow & { total: number })[]> {
  const only = accountId === undefined ? sql`` : sql`and account_id = ${accountId}`;
  return many(
    db,
    sql<
      LifeRecipientRow & { total: number }
    >`select recipient_id, account_id, address, state, attempts, reply, remote, next_at,
      count(*) over () as total
      from mail.recipient where transfer_id = ${transferId} ${only} order by recipient_id limit ${limit}`,
  );
}

/** Where the copies of delivered recipients lie; a copy that is deleted has no row. */
export function listCopies(
  db: Queryable,
  recipientIds: readonly number[],
): Promise<{ recipient_id: number; path: string; seen: boolean; shared: boolean }[]> {
  return many(
    db,
    sql<{ recipient_id: number; path: string; seen: boolean; shared: boolean }>`
      select m.recipient_id, b.path, a.shared, case when a.shared then exists (select 1 from mail.seen s where s.account_id = e.account_id
        and s.mailbox_id = e.mailbox_id and s.uid = e.uid) else e.flags & 1 <> 0 end as seen
      from mail.recipient r
      join mail.message m on m.account_id = r.account_id and m.recipient_id = r.recipient_id
      join mail.account a on a.account_id = m.account_id
      join mail.entry e on e.account_id = m.account_id and e.message_id = m.message_id
      join mail.mailbox b on b.account_id = e.account_id and b.mailbox_id = e.mailbox_id
      where r.recipient_id = any(${recipientIds}::bigint[]) order by m.recipient_id, b.path`,
  );
}

export interface LifeEventRow {
  at: Date;
  event: string;
  address: string | null;
  status: string | null;
  detail: string | null;
}

export function listLifeEvents(
  db: Queryable,
  transferId: number,
  address: string | undefined,
  limit: number,
): Promise<LifeEventRow[]> {
  const only = address === undefined ? sql`` : sql`and (address is null or address = ${address})`;
  return many(
    db,
    sql<LifeEventRow>`select at, event, address, status, detail from mail.trace
      where transfer_id = ${transferId} ${only} order by at, trace_id limit ${limit}`,
  );
}

export function listMade(
  db: Queryable,
  ref: string,
  limit: number,
): Promise<{ ref: string; created_at: Date; sender: string; subject: string }[]> {
  return many(
    db,
    sql<{ ref: string; created_at: Date; sender: string; subject: string }>`
      select ref, created_at, sender, subject from mail.transfer where cause = ${ref} order by transfer_id limit ${limit}`,
  );
}
