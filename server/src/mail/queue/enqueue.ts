import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Tx } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import { createIdBlocks, type Delivery, type Store } from '../store/index.ts';
import { deliveryOf, notesOf, outgoingOf, rememberAll } from './local-delivery.ts';
import { insertTrace, insertTransfers, type NewRecipient, type NewTransfer } from './queue.store.ts';
import type { EnvelopeRecipient, Transfer } from './types.ts';

/** RFC 5321 §4.5.4.1 asks for four to five days. */
const LIFETIME_MS = 5 * 86_400_000;

export type Enqueue = (tx: Tx, transfers: readonly Transfer[]) => Promise<void>;

interface Planned {
  transfer: NewTransfer;
  recipient: EnvelopeRecipient;
  recipientId: number;
  row: NewRecipient;
  deliver: boolean;
}

/**
 * Takes responsibility: writes transfers with all their recipients and delivers what is local, in the caller's
 * transaction. After its commit nothing is lost, so only then may anybody say 250.
 */
export function createEnqueue(parts: { store: Store; clock: Clock; signals: Signals }): Enqueue {
  const { store, clock, signals } = parts;
  const recipientIds = createIdBlocks('mail.recipient_id');
  const transferIds = createIdBlocks('mail.transfer_transfer_id_seq');

  return async (tx, given) => {
    const now = clock.now();
    // What the rules of mailboxes send on goes out with the message that made them do so, or not at all.
    const all = given.flatMap((transfer) => [
      transfer,
      ...transfer.recipients.flatMap((one) => outgoingOf(one, transfer.ref)),
    ]);
    const ids = await transferIds.take(tx, all.length);
    const transfers = all.map(
      (transfer, index): NewTransfer => ({ ...transfer, transferId: ids[index] ?? 0 }),
    );
    const planned = plan(transfers, await takeRecipientIds(tx, transfers), now);
    const inserted = await insertTransfers(
      tx,
      transfers,
      planned.map((one) => one.row),
      now,
      new Date(now.getTime() + LIFETIME_MS),
    );
    const fresh = planned.filter((one) => inserted.has(one.transfer.transferId));
    const waiting = fresh.filter((one) => one.row.state === 'waiting');
    const deliveries = fresh.flatMap((one): Delivery[] => (one.deliver ? deliveryOf({ ...one, now }) : []));
    if (deliveries.length > 0) await store.deliver(tx, deliveries);
    // Bodies with a copy in a mailbox are registered by the delivery.
    const delivered = new Set(deliveries.map((one) => one.body));
    const others = [...new Set(waiting.map((one) => one.transfer.body))].filter(
      (body) => !delivered.has(body),
    );
    if (others.length > 0) await store.registerBodies(tx, others);
    const local = fresh.filter((one) => one.deliver);
    await insertTrace(tx, local.flatMap(notesOf), now);
    await rememberAll(tx, local);
    if (waiting.length > 0) afterCommit(tx, () => signals.send('mail-queue', ''));
  };

  function takeRecipientIds(tx: Tx, transfers: readonly Transfer[]): Promise<number[]> {
    return recipientIds.take(
      tx,
      transfers.reduce((sum, transfer) => sum + transfer.recipients.length, 0),
    );
  }
}

function plan(transfers: readonly NewTransfer[], ids: readonly number[], now: Date): Planned[] {
  let at = 0;
  return transfers.flatMap((transfer) => {
    const reached = new Set<number>();
    return transfer.recipients.map((recipient) =>
      planRecipient(transfer, recipient, reached, { recipientId: ids[at++] ?? 0, now }),
    );
  });
}

function planRecipient(
  transfer: NewTransfer,
  recipient: EnvelopeRecipient,
  reached: Set<number>,
  { recipientId, now }: { recipientId: number; now: Date },
): Planned {
  const { accountId, plan: rules } = recipient;
  const local = accountId !== undefined && !transfer.deferLocal && transfer.notBefore === undefined;
  // Two addresses of one mailbox: it gets the message once (RFC 5321 §3.9 leaves this to us).
  const again = local && reached.has(accountId);
  if (local) reached.add(accountId);
  return {
    transfer,
    recipient,
    recipientId,
    deliver: local && !again,
    row: {
      recipientId,
      transferId: transfer.transferId,
      address: recipient.address,
      accountId,
      listId: recipient.listId,
      orcpt: recipient.orcpt,
      notify: recipient.notify,
      state: local ? 'delivered' : 'waiting',
      nextAt: transfer.notBefore ?? now,
      status: local ? '2.0.0' : undefined,
      reply: again
        ? 'already in this mailbox'
        : rules && rules.placements.length === 0
          ? 'not kept, by the rules of the mailbox'
          : undefined,
    },
  };
}
