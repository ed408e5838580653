import { direct, many, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';
import type { Claimed, Origin, State, Transfer } from './types.ts';

export interface NewTransfer extends Transfer {
  transferId: number;
}

export interface NewRecipient {
  recipientId: number;
  transferId: number;
  address: string;
  accountId: number | undefined;
  listId: number | undefined;
  orcpt: string | undefined;
  notify: string | undefined;
  state: State;
  nextAt: Date;
  status: string | undefined;
  reply: string | undefined;
}

/**
 * Inserts transfers with their recipients in one statement. Answers the ids of those that went in: one whose key
 * exists already is left out with all its recipients.
 */
export async function insertTransfers(
  tx: Tx,
  transfers: readonly NewTransfer[],
  recipients: readonly NewRecipient[],
  now: Date,
  expiresAt: Date,
): Promise<Set<number>> {
  const text = (pick: (transfer: Transfer) => string | undefined) =>
    transfers.map((one) => pick(one) ?? null);
  const of = (pick: (row: NewRecipient) => string | undefined) => recipients.map((row) => pick(row) ?? null);
  const rows = await direct<{ transfer_id: number }>(tx)`
      with t as (
        insert into mail.transfer (transfer_id, ref, origin, sender, account_id, body_hash, size_bytes, smtputf8, eight_bit,
          ret, envid, rfc_id, subject, session_id, remote, helo, tls, key, header, junk, authenticated, cause, binary_mime, expires_at, created_at)
        select w.*, ${now}::timestamptz
        from unnest(${transfers.map((t) => t.transferId)}::bigint[], ${text((t) => t.ref)}::text[],
          ${text((t) => t.origin)}::text[], ${text((t) => t.sender)}::text[],
          ${transfers.map((t) => t.accountId ?? null)}::bigint[], ${transfers.map((t) => t.body.hash)}::bytea[],
          ${transfers.map((t) => t.body.size)}::bigint[], ${transfers.map((t) => t.smtputf8)}::boolean[],
          ${transfers.map((t) => t.eightBit)}::boolean[], ${text((t) => t.ret)}::text[], ${text((t) => t.envid)}::text[],
          ${text((t) => t.body.parsed.envelope.messageId?.slice(0, 500))}::text[],
          ${text((t) => t.body.parsed.subject)}::text[], ${text((t) => t.sessionId)}::text[], ${text((t) => t.remote)}::text[],
          ${text((t) => t.helo)}::text[], ${text((t) => t.tls)}::text[], ${text((t) => t.key)}::text[],
          ${transfers.map((t) => t.header ?? null)}::bytea[], ${transfers.map((t) => t.junk ?? false)}::boolean[],
          ${transfers.map((t) => t.authenticated ?? false)}::boolean[], ${text((t) => t.cause)}::text[],
          ${transfers.map((t) => t.binary ?? false)}::boolean[],
          ${transfers.map((t) => expiryOf(t, now, expiresAt))}::timestamptz[]) as w
        on conflict (key) where key is not null do nothing returning transfer_id),
      r as (
        insert into mail.recipient (recipient_id, transfer_id, address, account_id, list_id, domain, orcpt, notify, state, next_at,
          status, reply, finished_at)
        select w.recipient_id, w.transfer_id, w.address, w.account_id, w.list_id, w.domain, w.orcpt, w.notify, w.state, w.next_at,
          w.status, w.reply, case when w.state = 'waiting' then null else ${now}::timestamptz end
        from unnest(${recipients.map((r) => r.recipientId)}::bigint[], ${recipients.map((r) => r.transferId)}::bigint[],
          ${of((r) => r.address)}::text[], ${recipients.map((r) => r.accountId ?? null)}::bigint[],
          ${recipients.map((r) => r.listId ?? null)}::bigint[], ${of((r) => domainOf(r.address))}::text[], ${of((r) => r.orcpt)}::text[], ${of((r) => r.notify)}::text[],
          ${of((r) => r.state)}::text[], ${recipients.map((r) => r.nextAt)}::timestamptz[], ${of((r) => r.status)}::text[],
          ${of((r) => r.reply)}::text[])
          as w(recipient_id, transfer_id, address, account_id, list_id, domain, orcpt, notify, state, next_at, status, reply)
        join t using (transfer_id))
      select transfer_id from t`;
  return new Set(rows.map((row) => row.transfer_id));
}

/** The time for tries begins when a message may go, not when it came. */
function expiryOf(transfer: Transfer, now: Date, expiresAt: Date): Date {
  const held = Math.max(0, (transfer.notBefore ?? now).getTime() - now.getTime());
  return new Date(expiresAt.getTime() + held);
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

interface ClaimedRow {
  recipient_id: number;
  transfer_id: number;
  address: string;
  account_id: number | null;
  list_id: number | null;
  domain: string;
  orcpt: string | null;
  notify: string | null;
  attempts: number;
  delay_told: boolean;
  given_up: boolean;
  ref: string;
  origin: Origin;
  sender: string;
  submitter: number | null;
  body_hash: Buffer;
  size_bytes: number;
  smtputf8: boolean;
  eight_bit: boolean;
  binary_mime: boolean;
  ret: 'FULL' | 'HDRS' | null;
  envid: string | null;
  header: Buffer | null;
  junk: boolean;
  authenticated: boolean;
  remote: string | null;
  helo: string | null;
  created_at: Date;
  expires_at: Date;
}

/**
 * Takes due recipients for one attempt: until `leaseUntil` no other runner sees them, then they are due again.
 * `busy`: domains that can take nothing more now; `none` = nothing for other domains.
 */
export async function claimDue(
  db: Queryable,
  now: Date,
  leaseUntil: Date,
  limit: number,
  busy: readonly string[] | 'none',
): Promise<Claimed[]> {
  const rows = await many(
    db,
    sql<ClaimedRow>`
      with due as (
        select recipient_id from mail.recipient where state = 'waiting' and next_at <= ${now} and not held ${
          busy === 'none'
            ? sql`and (account_id is not null or list_id is not null)`
            : busy.length === 0
              ? sql``
              : sql`and (account_id is not null or list_id is not null or domain <> all(${[...busy]}::text[]))`
        }
        order by next_at limit ${limit} for update skip locked),
      claimed as (
        update mail.recipient r set next_at = ${leaseUntil}, claimed_until = ${leaseUntil}, attempts = r.attempts + 1 from due
        where r.recipient_id = due.recipient_id returning r.*)
      select c.recipient_id, c.transfer_id, c.address, c.account_id, c.list_id, c.domain, c.orcpt, c.notify, c.attempts, c.delay_told, c.given_up,
        t.ref, t.origin, t.sender, t.account_id as submitter, t.body_hash, t.size_bytes, t.smtputf8, t.eight_bit, t.binary_mime, t.ret,
        t.envid, t.header, t.junk, t.authenticated, t.remote, t.helo, t.created_at, t.expires_at
      from claimed c join mail.transfer t using (transfer_id) order by c.recipient_id`,
  );
  return rows.map((row) => ({
    recipientId: row.recipient_id,
    transferId: row.transfer_id,
    address: row.address,
    accountId: row.account_id ?? undefined,
    listId: row.list_id ?? undefined,
    domain: row.domain,
    orcpt: row.orcpt ?? undefined,
    notify: row.notify ?? undefined,
    attempts: row.attempts,
    delayTold: row.delay_told,
    givenUp: row.given_up,
    ref: row.ref,
    origin: row.origin,
    sender: row.sender,
    submitter: row.submitter ?? undefined,
    bodyHash: row.body_hash,
    size: row.size_bytes,
    smtputf8: row.smtputf8,
    eightBit: row.eight_bit,
    binary: row.binary_mime,
    ret: row.ret ?? undefined,
    envid: row.envid ?? undefined,
    header: row.header ?? Buffer.alloc(0),
    junk: row.junk,
    authenticated: row.authenticated,
    remote: row.remote ?? undefined,
    helo: row.helo ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

export interface Outcome {
  recipientId: number;
  state: State;
  /** For those that wait on. */
  nextAt: Date;
  status: string;
  reply: string;
  remote: string | undefined;
  delayTold: boolean;
}

/** Writes outcomes of recipients that are still waiting; returns the ids that were: others were settled elsewhere. */
export async function settleRecipients(
  tx: Tx,
  outcomes: readonly Outcome[],
  now: Date,
): Promise<Set<number>> {
  const rows = await many(
    tx,
    sql<{ recipient_id: number }>`
      update mail.recipient r set state = w.state, claimed_until = null,
        -- Given up while a try was under way: the next round ends it.
        next_at = case when r.given_up then ${now}::timestamptz else w.next_at end, status = w.status, reply = w.reply,
        remote = w.remote, delay_told = w.delay_told,
        finished_at = case when w.state = 'waiting' then null else ${now}::timestamptz end
      from unnest(${outcomes.map((o) => o.recipientId)}::bigint[], ${outcomes.map((o) => o.state)}::text[],
        ${outcomes.map((o) => o.nextAt)}::timestamptz[], ${outcomes.map((o) => o.status)}::text[],
        ${outcomes.map((o) => o.reply)}::text[], ${outcomes.map((o) => o.remote ?? null)}::text[],
        ${outcomes.map((o) => o.delayTold)}::boolean[]) as w(recipient_id, state, next_at, status, reply, remote, delay_told)
      where r.recipient_id = w.recipient_id and r.state = 'waiting' returning r.recipient_id`,
  );
  return new Set(rows.map((row) => row.recipient_id));
}

export interface TraceEvent {
  sessionId?: string | undefined;
  transferId?: number | undefined;
  recipientId?: number | undefined;
  sender?: string | undefined;
  address?: string | undefined;
  /** accepted, refused, delivered, relayed, deferred, failed, expired, bounced, delayed. */
  event: string;
  status?: string | undefined;
  detail?: string | undefined;
}

export async function insertTrace(db: Queryable, events: readonly TraceEvent[], now: Date): Promise<void> {
  if (events.length === 0) return;
  const text = (pick: (event: TraceEvent) => string | undefined) =>
    events.map((event) => pick(event)?.slice(0, 1_000) ?? null);
  await run(
    db,
    sql`insert into mail.trace (at, session_id, transfer_id, recipient_id, sender, address, event, status, detail)
        select ${now}, w.* from unnest(${text((e) => e.sessionId)}::text[],
          ${events.map((e) => e.transferId ?? null)}::bigint[], ${events.map((e) => e.recipientId ?? null)}::bigint[],
          ${text((e) => e.sender)}::text[], ${text((e) => e.address)}::text[], ${text((e) => e.event)}::text[],
          ${text((e) => e.status)}::text[], ${text((e) => e.detail)}::text[]) as w`,
  );
}

/** When the next recipient is due; undefined when nothing waits. */
export async function findNextDue(db: Queryable): Promise<Date | undefined> {
  const rows = await many(
    db,
    sql<{
      next_at: Date;
    }>`select next_at from mail.recipient where state = 'waiting' and not held order by next_at limit 1`,
  );
  return rows[0]?.next_at;
}

export interface TransferView {
  ref: string;
  origin: Origin;
  sender: string;
  subject: string;
  size: number;
  createdAt: Date;
  sessionId: string | null;
  remote: string | null;
  helo: string | null;
  tls: string | null;
  recipients: {
    address: string;
    state: State;
    attempts: number;
    status: string | null;
    reply: string | null;
  }[];
  events: {
    at: string;
    event: string;
    address: string | null;
    status: string | null;
    detail: string | null;
  }[];
}

/** A transfer with its recipients and events, for the message trace. */
export async function findTransfer(db: Queryable, ref: string): Promise<TransferView | undefined> {
  const rows = await many(
    db,
    sql<TransferView>`
      select t.ref, t.origin, t.sender, t.subject, t.size_bytes as size, t.created_at as "createdAt",
        t.session_id as "sessionId", t.remote, t.helo, t.tls,
        (select coalesce(json_agg(json_build_object('address', r.address, 'state', r.state, 'attempts', r.attempts,
           'status', r.status, 'reply', r.reply) order by r.recipient_id), '[]') from mail.recipient r
         where r.transfer_id = t.transfer_id) as recipients,
        (select json_build_array(json_build_object('at', t.created_at, 'event', 'accepted', 'address', null, 'status', '2.0.0',
           'detail', t.origin || ' ' || t.size_bytes || ' octets'))::jsonb || coalesce(jsonb_agg(jsonb_build_object('at', e.at, 'event', e.event, 'address', e.address,
           'status', e.status, 'detail', e.detail) order by e.trace_id), '[]') from mail.trace e
         where e.transfer_id = t.transfer_id) as events
      from mail.transfer t where t.ref = ${ref}`,
  );
  return rows[0];
}

/** Old log rows, in a bounded batch. */
export async function deleteOldTransfers(db: Queryable, before: Date): Promise<number> {
  await run(
    db,
    sql`delete from mail.trace where trace_id in (select trace_id from mail.trace where at < ${before} order by at limit 5000)`,
  );
  return run(
    db,
    sql`with old as (
          select t.transfer_id from mail.transfer t where t.created_at < ${before} and not exists (
            select 1 from mail.recipient r where r.transfer_id = t.transfer_id and r.state = 'waiting')
          order by t.created_at limit 2000),
        r as (delete from mail.recipient where transfer_id in (select transfer_id from old))
        delete from mail.transfer where transfer_id in (select transfer_id from old)`,
  );
}
