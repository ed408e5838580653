import type { Tx } from '../../kit/db/index.ts';
import type { Delivery } from '../store/index.ts';
import type { TraceEvent } from './queue.store.ts';
import type { EnvelopeRecipient, Transfer } from './types.ts';

/** A message that is put into a mailbox here, by the accepting transaction or by the queue runner. */
export interface LocalItem {
  transfer: Pick<Transfer, 'ref' | 'sender' | 'body' | 'header' | 'junk'> & { transferId: number };
  recipient: EnvelopeRecipient;
  recipientId: number;
}

/** What final delivery puts on top (RFC 5321 §4.4); kept in the row, so the body stays the same for everybody. */
export function deliveryPrefix(sender: string, recipient: string, header?: Buffer): Buffer {
  const own = Buffer.from(`Return-Path: <${sender}>\r\nDelivered-To: ${recipient}\r\n`);
  return header && header.length > 0 ? Buffer.concat([own, header]) : own;
}

/** The entry to write; none when the mailbox's rules keep nothing. */
export function deliveryOf(item: LocalItem & { now: Date }): Delivery[] {
  const { transfer, recipient } = item;
  const { plan } = recipient;
  if (plan && plan.placements.length === 0) return [];
  return [
    {
      accountId: recipient.accountId ?? 0,
      shared: recipient.shared,
      body: plan?.body ?? transfer.body,
      prefix: deliveryPrefix(transfer.sender, recipient.address, recipient.header ?? transfer.header),
      receivedAt: item.now,
      recipientId: item.recipientId,
      junk: transfer.junk ?? false,
      ...(plan ? { placements: plan.placements } : {}),
    },
  ];
}

/**
 * Messages that the rules send. They wait for the runner: their recipients may have rules of their own, and a mailbox's
 * lock is not taken on top of another's.
 */
export function outgoingOf(recipient: EnvelopeRecipient, cause: string): Transfer[] {
  return (recipient.plan?.outgoing ?? []).map((transfer) => ({ ...transfer, cause, deferLocal: true }));
}

/** What the rules did, for the message trace. */
export function notesOf({ transfer, recipient, recipientId }: LocalItem): TraceEvent[] {
  return (recipient.plan?.events ?? []).map((event) => ({
    ...event,
    transferId: transfer.transferId,
    recipientId,
    address: recipient.address,
    sender: transfer.sender,
  }));
}

export async function rememberAll(tx: Tx, items: readonly LocalItem[]): Promise<void> {
  for (const { recipient } of items) await recipient.plan?.remember?.(tx);
}
