import type { StatusItem } from '../protocol/imap/index.ts';
import type { Mailbox } from '../store/index.ts';
import { writeMailbox } from './arguments.ts';
import type { Session } from './session.ts';

/** `* STATUS name (MESSAGES 3 …)` (RFC 3501 §7.2.4). */
function statusLine(
  session: Session,
  name: string,
  mailbox: Mailbox,
  items: readonly StatusItem[],
  deletedBytes = 0,
): string {
  const values: Record<StatusItem, string | number> = {
    MESSAGES: mailbox.total,
    // Nothing is ever \Recent here, see SEARCH.
    RECENT: 0,
    UIDNEXT: mailbox.uidNext,
    UIDVALIDITY: mailbox.uidValidity,
    UNSEEN: mailbox.unseen,
    HIGHESTMODSEQ: mailbox.highestModseq,
    SIZE: mailbox.sizeBytes,
    DELETED: mailbox.deleted,
    'DELETED-STORAGE': Math.ceil(deletedBytes / 1024),
    APPENDLIMIT: session.deps.maxMessageBytes,
    MAILBOXID: `(F${mailbox.id})`,
  };
  return `* STATUS ${writeMailbox(session, name)} (${items.map((item) => `${item} ${values[item]}`).join(' ')})`;
}

/** Writes a STATUS answer; what the mailbox row does not hold is looked up when it is asked for. */
export async function tellStatus(
  session: Session,
  name: string,
  mailbox: Mailbox,
  items: readonly StatusItem[],
): Promise<void> {
  const { db, store } = session.deps;
  const scope = { accountId: mailbox.accountId, readerId: session.person?.accountId ?? mailbox.accountId };
  const deleted =
    items.includes('DELETED-STORAGE') && mailbox.deleted > 0
      ? await store.deletedBytes(db, scope, mailbox.id)
      : 0;
  session.output.line(statusLine(session, name, mailbox, items, deleted));
}
