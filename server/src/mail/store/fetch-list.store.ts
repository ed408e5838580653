import { one, type Queryable, sql } from '../../kit/db/index.ts';
import type { Envelope, MimePart } from '../protocol/mime/index.ts';
import { flagsOf } from './entry.store.ts';
import { normalizeRanges } from './ranges.ts';
import type { FetchColumns, FetchRow, Scope, UidRange } from './types.ts';

/**
 * Entries and what is wanted of their messages as one text that the database puts together: rows of their own cost
 * several times as much in the driver. Neither keywords nor JSON as PostgreSQL prints it hold tabs or line breaks.
 */
export async function listFetchRows(
  db: Queryable,
  scope: Scope,
  shared: boolean,
  mailboxId: number,
  uids: readonly UidRange[],
  wanted: FetchColumns & { changedSince?: number },
): Promise<FetchRow[]> {
  const { from, to } = normalizeRanges(uids);
  const since = wanted.changedSince === undefined ? sql`` : sql`and e.modseq > ${wanted.changedSince}`;
  const stored = wanted.envelope || wanted.structure || wanted.preview;
  const message = stored
    ? sql`join mail.message m on m.account_id = e.account_id and m.message_id = e.message_id`
    : sql``;
  const where = sql`e.account_id = ${scope.accountId} and e.mailbox_id = ${mailboxId} ${since}`;
  const source =
    from.length === 1
      ? sql`mail.entry e ${message} where e.uid between ${from[0]} and ${to[0]} and ${where}`
      : sql`unnest(${from}::bigint[], ${to}::bigint[]) as w(f, t) join mail.entry e on e.uid between w.f and w.t
          ${message} where ${where}`;
  const tab = sql`|| chr(9) ||`;
  const columns = [
    sql`e.uid ${tab} (${flagsOf(scope, shared)}) ${tab} e.modseq ${tab} coalesce(array_to_string(e.keywords, ' '), '')`,
    ...(wanted.details
      ? [
          sql`e.size_bytes ${tab} (extract(epoch from e.received_at) * 1000)::bigint
            ${tab} (extract(epoch from e.saved_at) * 1000)::bigint ${tab} e.message_id ${tab} e.thread_id`,
        ]
      : []),
    ...(wanted.envelope ? [sql`m.envelope::text`] : []),
    ...(wanted.structure ? [sql`m.structure::text`] : []),
    ...(wanted.preview ? [sql`to_json(m.preview)::text`] : []),
  ];
  const { list } = await one(
    db,
    sql<{ list: string | null }>`
      select string_agg(${sql.join(columns, tab)}, chr(10) order by e.uid) as list from ${source}`,
  );
  return list === null ? [] : list.split('\n').map((line) => readRow(line, wanted));
}

const NONE: readonly string[] = [];

function readRow(line: string, wanted: FetchColumns): FetchRow {
  const parts = line.split('\t');
  const row: FetchRow = {
    uid: Number(parts[0]),
    flags: Number(parts[1]),
    modseq: Number(parts[2]),
    keywords: parts[3] ? parts[3].split(' ') : NONE,
  };
  let at = 4;
  if (wanted.details) {
    row.size = Number(parts[at]);
    row.receivedAt = new Date(Number(parts[at + 1]));
    row.savedAt = new Date(Number(parts[at + 2]));
    row.messageId = Number(parts[at + 3]);
    row.threadId = Number(parts[at + 4]);
    at += 5;
  }
  if (wanted.envelope) row.envelope = readJson<Envelope>(parts[at++]);
  if (wanted.structure) row.structure = readJson<MimePart>(parts[at++]);
  if (wanted.preview) row.preview = readJson<string>(parts[at]);
  return row;
}

/** A column that we have written ourselves. */
function readJson<T>(text: string | undefined): T {
  return JSON.parse(text ?? 'null') as T;
}
