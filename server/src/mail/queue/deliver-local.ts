import type { Clock } from '../../kit/clock/index.ts';
import { type Db, transaction } from '../../kit/db/index.ts';
import type { Store, StoredBody } from '../store/index.ts';
import type { Enqueue } from './enqueue.ts';
import { deliveryOf, type LocalItem, notesOf, outgoingOf, rememberAll } from './local-delivery.ts';
import type { LocalRules } from './local-plan.ts';
import { outcome } from './outcomes.ts';
import { planLate } from './planning.ts';
import { insertTrace, settleRecipients } from './queue.store.ts';
import { type Settle, traceClaimed } from './settle.ts';
import type { Claimed, EnvelopeRecipient, Transfer } from './types.ts';

interface Parts {
  db: Db;
  store: Store;
  enqueue: Enqueue;
  clock: Clock;
  rules?: LocalRules | undefined;
  settle: Settle;
}

/** Puts claimed recipients' messages into mailboxes here. */
export function createDeliverLocal(parts: Parts): (claimed: readonly Claimed[]) => Promise<void> {
  const { db, store, clock, settle } = parts;

  /** A mailbox is written and the recipient settled in one transaction: a crash does both or none. */
  async function deliverLocal(claimed: readonly Claimed[]): Promise<void> {
    for (const group of Map.groupBy(claimed, (one) => one.transferId).values()) {
      const hash = group[0]?.bodyHash;
      const body = hash && (await store.storedBody(db, hash));
      if (!body) {
        await settle(
          group.map((one) => ({
            one,
            verdict: { kind: 'failed', status: '5.3.0', reply: 'the message has gone', remote: '' },
          })),
        );
        continue;
      }
      await deliverGroup(group, body);
    }
  }

  async function deliverGroup(group: readonly Claimed[], body: StoredBody): Promise<void> {
    const items: (LocalItem & { one: Claimed })[] = [];
    for (const one of group) items.push(await localItem(one, body));
    await transaction(db, async (tx) => {
      const now = clock.now();
      const outcomes = group.map((one) => outcome(one, 'delivered', now, '2.0.0', 'delivered', undefined));
      const mine = await settleRecipients(tx, outcomes, now);
      const fresh = items.filter((item) => mine.has(item.recipientId));
      const deliveries = fresh.flatMap((item) => deliveryOf({ ...item, now }));
      if (deliveries.length > 0) await store.deliver(tx, deliveries);
      const outgoing = fresh.flatMap((item) => outgoingOf(item.recipient, item.transfer.ref));
      if (outgoing.length > 0) await parts.enqueue(tx, outgoing);
      await insertTrace(tx, fresh.flatMap(notesOf), now);
      await rememberAll(tx, fresh);
      await traceClaimed(
        tx,
        fresh.map(({ one }) => ({ one, event: 'delivered', status: '2.0.0', detail: '' })),
        now,
      );
    });
  }

  async function localItem(one: Claimed, body: StoredBody): Promise<LocalItem & { one: Claimed }> {
    const { accountId, address, sender, header, junk } = one;
    const recipient: EnvelopeRecipient = {
      address,
      accountId,
      shared: false,
      notify: one.notify,
      orcpt: one.orcpt,
    };
    const transfer: Transfer = {
      ref: one.ref,
      origin: one.origin,
      sender,
      accountId: one.submitter,
      recipients: [recipient],
      body,
      smtputf8: one.smtputf8,
      eightBit: one.eightBit,
      ret: one.ret,
      envid: one.envid,
      sessionId: undefined,
      remote: one.remote,
      helo: one.helo,
      tls: undefined,
      header,
      junk,
      authenticated: one.authenticated,
    };
    const plan = parts.rules && (await planLate(db, parts.rules, transfer));
    return {
      one,
      recipientId: one.recipientId,
      transfer: { ...transfer, transferId: one.transferId },
      recipient: plan ? { ...recipient, plan } : recipient,
    };
  }

  return deliverLocal;
}
