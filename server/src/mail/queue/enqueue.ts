import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Tx } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import { createIdBlocks, type Delivery, type Store } from '../store/index.ts';
import { insertRecipients, insertTrace, insertTransfers, type NewRecipient } from './queue.store.ts';
import type { EnvelopeRecipient, Transfer } from './types.ts';

/** RFC 5321 §4.5.4.1 asks for four to five days. */
const LIFETIME_MS = 5 * 86_400_000;

export type Enqueue = (tx: Tx, transfers: readonly Transfer[]) => Promise<Map<string, number>>;

/**
 * Takes responsibility: writes transfers with all their recipients and delivers what is local, in the caller's
 * transaction. After its commit nothing is lost, so only then may anybody say 250.
 */
export function createEnqueue(parts: { store: Store; clock: Clock; signals: Signals }): Enqueue {
  const { store, clock, signals } = parts;
  const ids = createIdBlocks('mail.recipient_id');

  return async (tx, transfers) => {
    const now = clock.now();
    const refs = await insertTransfers(tx, transfers, now, new Date(now.getTime() + LIFETIME_MS));
    const fresh = transfers.filter((transfer) => refs.has(transfer.ref));
    const recipientIds = await ids.take(
      tx,
      fresh.reduce((sum, transfer) => sum + transfer.recipients.length, 0),
    );
    const rows: NewRecipient[] = [];
    const deliveries: Delivery[] = [];
    let waiting = false;
    for (const transfer of fresh) {
      const transferId = refs.get(transfer.ref) ?? 0;
      const reached = new Set<number>();
      for (const recipient of transfer.recipients) {
        const recipientId = recipientIds.shift() ?? 0;
        const row = planRecipient(transfer, recipient, reached, { recipientId, transferId, now });
        rows.push(row.insert);
        if (row.insert.state === 'waiting') waiting = true;
        if (row.deliver) deliveries.push(delivery(transfer, recipient, recipientId, now));
      }
    }
    await insertRecipients(tx, rows, now);
    await store.deliver(tx, deliveries);
    const waitingBodies = fresh.filter((transfer) =>
      rows.some((row) => row.transferId === refs.get(transfer.ref) && row.state === 'waiting'),
    );
    if (waitingBodies.length > 0) {
      await store.registerBodies(
        tx,
        waitingBodies.map((transfer) => transfer.body),
      );
    }
    await insertTrace(
      tx,
      fresh.map((transfer) => ({
        sessionId: transfer.sessionId,
        transferId: refs.get(transfer.ref),
        sender: transfer.sender,
        event: 'accepted',
        detail: `${transfer.origin} ${transfer.recipients.length} recipients, ${transfer.body.size} octets`,
      })),
      now,
    );
    if (waiting) afterCommit(tx, () => signals.send('mail-queue', ''));
    return refs;
  };
}

function planRecipient(
  transfer: Transfer,
  recipient: EnvelopeRecipient,
  reached: Set<number>,
  at: { recipientId: number; transferId: number; now: Date },
): { insert: NewRecipient; deliver: boolean } {
  const { accountId } = recipient;
  const local = accountId !== undefined && !transfer.deferLocal && transfer.notBefore === undefined;
  // Two addresses of one mailbox: it gets the message once (RFC 5321 §3.9 leaves this to us).
  const again = local && reached.has(accountId);
  if (local) reached.add(accountId);
  return {
    deliver: local && !again,
    insert: {
      recipientId: at.recipientId,
      transferId: at.transferId,
      address: recipient.address,
      accountId,
      orcpt: recipient.orcpt,
      notify: recipient.notify,
      state: local ? 'delivered' : 'waiting',
      nextAt: transfer.notBefore ?? at.now,
      status: local ? '2.0.0' : undefined,
      reply: again ? 'already in this mailbox' : undefined,
    },
  };
}

function delivery(
  transfer: Transfer,
  recipient: EnvelopeRecipient,
  recipientId: number,
  now: Date,
): Delivery {
  return {
    accountId: recipient.accountId ?? 0,
    shared: recipient.shared,
    body: transfer.body,
    prefix: deliveryPrefix(transfer.sender, recipient.address),
    receivedAt: now,
    recipientId,
  };
}

/** What final delivery puts on top (RFC 5321 §4.4); kept in the row, so the body stays the same for everybody. */
export function deliveryPrefix(sender: string, recipient: string): Buffer {
  return Buffer.from(`Return-Path: <${sender}>\r\nDelivered-To: ${recipient}\r\n`);
}
