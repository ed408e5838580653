import type { MailLife } from '@hongyan/contract';
import type { Queryable } from '../../kit/db/index.ts';
import { directionOf } from './direction.ts';
import {
  findLife,
  type LifeRow,
  listCopies,
  listLifeEvents,
  listLifeRecipients,
  listMade,
} from './log.store.ts';

/** A list of twenty thousand is not read by anybody. */
const MAX_RECIPIENTS = 200;
const MAX_EVENTS = 500;
const MAX_MADE = 100;

/** Whose reading is told: nobody's, that of unit mailboxes, everybody's. */
export type ShowsRead = 'never' | 'shared' | 'always';

/** The whole life of a message; for one account only what concerns it. */
export async function readLife(
  db: Queryable,
  ref: string,
  options: {
    account: { id: number; address: string } | undefined;
    showsRead: ShowsRead;
  },
): Promise<MailLife | undefined> {
  const row = await findLife(db, ref);
  if (!row) return undefined;
  const { account, showsRead } = options;
  const recipients = await listLifeRecipients(db, row.transfer_id, account?.id, MAX_RECIPIENTS);
  const copies = Map.groupBy(
    await listCopies(
      db,
      recipients.filter((one) => one.account_id !== null).map((one) => one.recipient_id),
    ),
    (copy) => copy.recipient_id,
  );
  const events = await listLifeEvents(db, row.transfer_id, account?.address, MAX_EVENTS);
  const made = await listMade(db, ref, MAX_MADE);
  return {
    ...presentTransfer(
      row,
      recipients.some((one) => one.account_id !== null),
    ),
    recipients: recipients.map((one) => ({
      address: one.address,
      state: one.state,
      attempts: one.attempts,
      ...(one.reply ? { reply: one.reply } : {}),
      ...(one.remote ? { remote: one.remote } : {}),
      ...(one.state === 'waiting' ? { nextAt: one.next_at.toISOString() } : {}),
      copies: (copies.get(one.recipient_id) ?? []).map((copy) => ({
        folder: copy.path,
        ...(showsRead === 'always' || (showsRead === 'shared' && copy.shared) ? { read: copy.seen } : {}),
      })),
    })),
    moreRecipients: Math.max(0, (recipients[0]?.total ?? 0) - recipients.length),
    events: events.map((event) => ({
      at: event.at.toISOString(),
      event: event.event,
      ...(event.address ? { address: event.address } : {}),
      ...(event.status ? { status: event.status } : {}),
      ...(event.detail ? { detail: event.detail } : {}),
    })),
    made: made.map((one) => ({
      ref: one.ref,
      at: one.created_at.toISOString(),
      sender: one.sender,
      subject: one.subject,
    })),
  };
}

function presentTransfer(row: LifeRow, local: boolean) {
  return {
    ref: row.ref,
    at: row.created_at.toISOString(),
    direction: directionOf(row.origin, local),
    sender: row.sender,
    subject: row.subject,
    ...(row.rfc_id ? { messageId: row.rfc_id } : {}),
    size: row.size_bytes,
    session: {
      ...(row.session_id ? { id: row.session_id } : {}),
      ...(row.remote ? { remote: row.remote } : {}),
      ...(row.helo ? { helo: row.helo } : {}),
      ...(row.tls ? { tls: row.tls } : {}),
    },
    checks: findings(row.header),
    junk: row.junk,
    ...(row.cause ? { cause: row.cause } : {}),
  };
}

/** The results of an Authentication-Results field (RFC 8601), one a line. */
function findings(header: Buffer | null): string[] {
  const text = (header?.toString('utf8') ?? '').replace(/\r\n[ \t]+/g, ' ');
  return text
    .split('\r\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [name = '', ...value] = line.split(':');
      if (!/^authentication-results$/i.test(name)) return [line];
      return value
        .join(':')
        .split(';')
        .slice(1)
        .map((part) => part.trim())
        .filter((part) => part !== '');
    });
}
