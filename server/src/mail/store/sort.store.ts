import { many, type Queryable, type RawBuilder, sql } from '../../kit/db/index.ts';
import { decodeWords, foldText } from '../protocol/mime/index.ts';
import type { Address } from '../protocol/mime/types.ts';
import { normalizeRanges } from './ranges.ts';
import type { MailboxSort, ThreadInfo, UidRange } from './types.ts';

type Fragment = RawBuilder<unknown>;

const firstMailbox = (field: 'from' | 'to' | 'cc') =>
  sql`lower(coalesce(m.envelope -> ${sql.lit(field)} -> 0 ->> 'mailbox', ''))`;

/** RFC 5256 §3: address keys look at the first mailbox name, DATE at the sent date in UTC. */
const COLUMNS: Record<MailboxSort['by'], Fragment> = {
  arrival: sql`e.received_at`,
  cc: firstMailbox('cc'),
  date: sql`coalesce(m.sent_at, e.received_at)`,
  displayFrom: sql`m.envelope -> 'from' -> 0`,
  displayTo: sql`m.envelope -> 'to' -> 0`,
  from: firstMailbox('from'),
  size: sql`e.size_bytes`,
  subject: sql`m.base_subject`,
  to: firstMailbox('to'),
};

function source(accountId: number, mailboxId: number, uids: readonly UidRange[]): Fragment {
  const { from, to } = normalizeRanges(uids);
  return sql`from unnest(${from}::bigint[], ${to}::bigint[]) as w(f, t)
    join mail.entry e on e.uid between w.f and w.t
    join mail.message m on m.account_id = e.account_id and m.message_id = e.message_id
    where e.account_id = ${accountId} and e.mailbox_id = ${mailboxId}`;
}

/** UIDs in the order of the keys; what is alike stays in the order of UIDs (RFC 5256 §3). */
export async function sortUids(
  db: Queryable,
  accountId: number,
  mailboxId: number,
  uids: readonly UidRange[],
  keys: readonly MailboxSort[],
): Promise<number[]> {
  if (keys.some(({ by }) => by === 'displayFrom' || by === 'displayTo'))
    return sortByDisplay(db, accountId, mailboxId, uids, keys);
  const order = keys.map(({ by, descending }) => sql`${COLUMNS[by]} ${descending ? sql`desc` : sql`asc`}`);
  const rows = await many(
    db,
    sql<{
      uid: number;
    }>`select e.uid ${source(accountId, mailboxId, uids)} order by ${sql.join([...order, sql`e.uid`])}`,
  );
  return rows.map((row) => row.uid);
}

/** Display names are decoded here: the database keeps them as they stand in the message (RFC 5957 §3). */
async function sortByDisplay(
  db: Queryable,
  accountId: number,
  mailboxId: number,
  uids: readonly UidRange[],
  keys: readonly MailboxSort[],
): Promise<number[]> {
  const columns = keys.map(({ by }, index) => sql`${COLUMNS[by]} as ${sql.ref(`k${index}`)}`);
  const rows = await many(
    db,
    sql<Record<string, unknown> & { uid: number }>`
      select e.uid, ${sql.join(columns)} ${source(accountId, mailboxId, uids)} order by e.uid`,
  );
  const ranked = rows.map((row) => ({
    uid: row.uid,
    values: keys.map(({ by }, index) => {
      const value = row[`k${index}`];
      if (by === 'displayFrom' || by === 'displayTo') return displayOf(value as Address | null);
      return value instanceof Date ? value.getTime() : (value as string | number);
    }),
  }));
  ranked.sort((a, b) => {
    for (const [index, { descending }] of keys.entries()) {
      const left = a.values[index] ?? '';
      const right = b.values[index] ?? '';
      if (left !== right) return (left < right ? -1 : 1) * (descending ? -1 : 1);
    }
    return a.uid - b.uid;
  });
  return ranked.map((row) => row.uid);
}

function displayOf(address: Address | null): string {
  if (!address) return '';
  if (address.name) return foldText(decodeWords(address.name));
  return foldText(address.host ? `${address.mailbox ?? ''}@${address.host}` : (address.mailbox ?? ''));
}

/** What threading needs of each message, by UID ascending. Ids come folded, which only joins what differs in case. */
export async function listThreadInfo(
  db: Queryable,
  accountId: number,
  mailboxId: number,
  uids: readonly UidRange[],
): Promise<ThreadInfo[]> {
  const rows = await many(
    db,
    sql<{
      uid: number;
      sent: Date;
      arrived: Date;
      rfc_id: string | null;
      reply_to: string | null;
      refs: string | null;
      subject: string;
      base_subject: string;
    }>`
      select e.uid, coalesce(m.sent_at, e.received_at) as sent, e.received_at as arrived, lower(m.rfc_id) as rfc_id,
        lower(m.envelope ->> 'inReplyTo') as reply_to,
        (select substring(b.header_text from '(?n)^references: (.*)$') from mail.body b where b.hash = m.body_hash) as refs,
        m.subject, m.base_subject
      ${source(accountId, mailboxId, uids)} order by e.uid`,
  );
  return rows.map((row) => {
    const references = idsOf(row.refs);
    return {
      uid: row.uid,
      sentAt: row.sent,
      receivedAt: row.arrived,
      id: row.rfc_id ?? undefined,
      // RFC 5256 §3 step 1: In-Reply-To counts only where there are no References, and only its first id.
      references: references.length > 0 ? references : idsOf(row.reply_to).slice(0, 1),
      baseSubject: row.base_subject,
      isReply: row.subject.trim().length > row.base_subject.length,
    };
  });
}

function idsOf(text: string | null): string[] {
  return text === null
    ? []
    : [...text.slice(0, 20_000).matchAll(/<([^<>\s]{1,500})>/g)].map((match) => match[1] ?? '');
}
