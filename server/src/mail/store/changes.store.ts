import { many, type Queryable, sql } from '../../kit/db/index.ts';
import { findAccount } from './account.store.ts';
import { parseIds } from './ranges.ts';
import type { Changes, ObjectChanges } from './types.ts';

/** Rows of the log that one answer folds together; JMAP clients ask again while there are more. */
const MAX_ROWS = 2_000;

interface ChangeRow {
  modseq: number;
  email_created: string;
  email_updated: string;
  email_destroyed: string;
  thread_created: string;
  thread_updated: string;
  thread_destroyed: string;
  mailbox_created: string;
  mailbox_updated: string;
  mailbox_counts: string;
  mailbox_destroyed: string;
}

export async function readChanges(
  db: Queryable,
  accountId: number,
  since: number,
  maxChanges: number,
): Promise<Changes | undefined> {
  const account = await findAccount(db, accountId);
  if (!account || since < account.low_modseq || since > account.modseq) return undefined;
  const rows = await many(
    db,
    sql<ChangeRow>`
      select modseq, email_created::text, email_updated::text, email_destroyed::text, thread_created::text,
        thread_updated::text, thread_destroyed::text, mailbox_created::text, mailbox_updated::text,
        mailbox_counts::text, mailbox_destroyed::text
      from mail.change where account_id = ${accountId} and modseq > ${since} and modseq <= ${account.modseq}
      order by modseq limit ${MAX_ROWS + 1}`,
  );
  const emails = createFold();
  const threads = createFold();
  const mailboxes = createFold();
  const counts = new Set<number>();
  let newState = account.modseq;
  let hasMore = false;
  for (const [index, row] of rows.entries()) {
    const size = emails.size() + threads.size() + mailboxes.size();
    const more = row.email_created.length + row.email_updated.length + row.email_destroyed.length;
    // A single modseq is never cut, or the client could not go on from it.
    if (index > 0 && (index >= MAX_ROWS || size + more / 20 > maxChanges)) {
      newState = rows[index - 1]?.modseq ?? newState;
      hasMore = true;
      break;
    }
    emails.add(parseIds(row.email_created), parseIds(row.email_updated), parseIds(row.email_destroyed));
    threads.add(parseIds(row.thread_created), parseIds(row.thread_updated), parseIds(row.thread_destroyed));
    mailboxes.add(
      parseIds(row.mailbox_created),
      parseIds(row.mailbox_updated),
      parseIds(row.mailbox_destroyed),
    );
    for (const id of parseIds(row.mailbox_counts)) counts.add(id);
  }
  const boxes = mailboxes.done();
  const known = new Set([...boxes.created, ...boxes.updated, ...boxes.destroyed]);
  return {
    newState,
    hasMore,
    emails: emails.done(),
    threads: threads.done(),
    mailboxes: { ...boxes, counts: [...counts].filter((id) => !known.has(id) && !mailboxes.gone(id)) },
  };
}

/** Folds a sequence of changes into one: created then destroyed is nothing, created then updated is created. */
function createFold() {
  const state = new Map<number, 'created' | 'updated' | 'destroyed' | 'nothing'>();
  return {
    size: () => state.size,
    gone: (id: number) => state.get(id) === 'nothing',
    add(created: number[], updated: number[], destroyed: number[]) {
      for (const id of created) state.set(id, state.get(id) === 'destroyed' ? 'updated' : 'created');
      for (const id of updated) if (state.get(id) !== 'created') state.set(id, 'updated');
      for (const id of destroyed) {
        const before = state.get(id);
        state.set(id, before === 'created' || before === 'nothing' ? 'nothing' : 'destroyed');
      }
    },
    done(): ObjectChanges {
      const of = (wanted: string) => [...state].filter(([, kind]) => kind === wanted).map(([id]) => id);
      return { created: of('created'), updated: of('updated'), destroyed: of('destroyed') };
    },
  };
}
