import type { StatusItem } from '../protocol/imap/index.ts';
import type { Mailbox } from '../store/index.ts';
import { writeMailbox } from './arguments.ts';
import type { Session } from './session.ts';

/** `* STATUS name (MESSAGES 3 …)` (RFC 3501 §7.2.4). */
export function statusLine(
  session: Session,
  name: string,
  mailbox: Mailbox,
  items: readonly StatusItem[],
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
    APPENDLIMIT: session.deps.maxMessageBytes,
    MAILBOXID: `(F${mailbox.id})`,
  };
  return `* STATUS ${writeMailbox(name)} (${items.map((item) => `${item} ${values[item]}`).join(' ')})`;
}
