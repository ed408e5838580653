import { many, maybe, one, type Queryable, run, sql, type Tx } from '../../kit/db/index.ts';

/** Envelope as JMAP tells it (RFC 8621 §7). */
export interface SubmissionEnvelope {
  mailFrom: { email: string; parameters: { [name: string]: string | null } | null };
  rcptTo: { email: string; parameters: { [name: string]: string | null } | null }[];
}

export interface SubmissionRow {
  submission_id: number;
  identity_id: string;
  message_id: number;
  thread_id: number;
  envelope: SubmissionEnvelope;
  send_at: Date;
  ref: string;
  canceled: boolean;
}

const COLUMNS = sql`submission_id, identity_id, message_id, thread_id, envelope, send_at, ref, canceled`;

export async function insertSubmission(
  db: Queryable,
  accountId: number,
  row: Omit<SubmissionRow, 'submission_id' | 'canceled'>,
  now: Date,
): Promise<number> {
  const { submission_id } = await one(
    db,
    sql<{ submission_id: number }>`
      insert into mail.submission
        (account_id, submission_id, seq, identity_id, message_id, thread_id, envelope, send_at, ref, created_at)
      select ${accountId}, id, id, ${row.identity_id}, ${row.message_id}, ${row.thread_id},
        ${JSON.stringify(row.envelope)}::jsonb, ${row.send_at}, ${row.ref}, ${now}
      from nextval('mail.submission_seq') as id
      returning submission_id`,
  );
  return submission_id;
}

export async function listSubmissions(
  db: Queryable,
  accountId: number,
  ids: readonly number[] | undefined,
  limit: number,
): Promise<SubmissionRow[]> {
  const only = ids ? sql`and submission_id = any(${[...ids]}::bigint[])` : sql``;
  return many(
    db,
    sql<SubmissionRow>`
      select ${COLUMNS} from mail.submission where account_id = ${accountId} ${only}
      order by submission_id desc limit ${limit}`,
  );
}

/** Highest change number; 0 when nothing was ever sent. */
export async function submissionState(db: Queryable, accountId: number): Promise<number> {
  const row = await one(
    db,
    sql<{
      seq: number;
    }>`select coalesce(max(seq), 0)::bigint as seq from mail.submission where account_id = ${accountId}`,
  );
  return row.seq;
}

export async function changedSubmissions(
  db: Queryable,
  accountId: number,
  since: number,
): Promise<{ submission_id: number; seq: number }[]> {
  return many(
    db,
    sql<{ submission_id: number; seq: number }>`
      select submission_id, seq from mail.submission where account_id = ${accountId} and seq > ${since} order by seq`,
  );
}

/** Marks it canceled; undefined when it is not there or was canceled before. */
export async function cancelSubmission(
  tx: Tx,
  accountId: number,
  id: number,
): Promise<{ ref: string } | undefined> {
  return maybe(
    tx,
    sql<{ ref: string }>`
      update mail.submission set canceled = true, seq = nextval('mail.submission_seq')
      where account_id = ${accountId} and submission_id = ${id} and not canceled
      returning ref`,
  );
}

export async function deleteSubmission(db: Queryable, accountId: number, id: number): Promise<boolean> {
  return (
    (await run(
      db,
      sql`delete from mail.submission where account_id = ${accountId} and submission_id = ${id}`,
    )) > 0
  );
}
