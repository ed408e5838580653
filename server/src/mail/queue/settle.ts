import type { Clock } from '../../kit/clock/index.ts';
import { type Db, type Tx, transaction } from '../../kit/db/index.ts';
import type { AddressBook } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { composeReport, type Report } from './bounce.ts';
import type { Enqueue } from './enqueue.ts';
import { judge } from './outcomes.ts';
import { insertTrace, settleRecipients } from './queue.store.ts';
import { newRef } from './ref.ts';
import type { Claimed, Transfer, Verdict } from './types.ts';

export interface SettleParts {
  db: Db;
  store: Store;
  enqueue: Enqueue;
  addressBook: AddressBook;
  clock: Clock;
  hostname: string;
  /** Who is meant by a rewritten sender of ours (SRS). */
  bounceTarget?: ((address: string) => string | undefined) | undefined;
}

export type Settle = (results: readonly { one: Claimed; verdict: Verdict }[]) => Promise<void>;

/** Records what became of recipients of one transfer, and tells the sender where he is to be told. */
export function createSettle(parts: SettleParts): Settle {
  const { db, store, clock } = parts;

  /** Writes what became of recipients of one transfer; reports and state go together or not at all. */
  async function settle(results: readonly { one: Claimed; verdict: Verdict }[]): Promise<void> {
    const now = clock.now();
    const judged = results.map(({ one, verdict }) => judge(one, verdict, now));
    const reports = judged.flatMap((result) => (result.report ? [result.report] : []));
    const header = reports.length > 0 ? await returnedHeader(reports) : undefined;
    const bounce = header === undefined ? undefined : await makeReport(reports, header, now);
    await transaction(db, async (tx) => {
      const settled = await settleRecipients(
        tx,
        judged.map((result) => result.outcome),
        now,
      );
      const mine = judged.filter((result) => settled.has(result.outcome.recipientId));
      await traceClaimed(
        tx,
        mine.map(({ one, event, outcome: { status, reply } }) => ({ one, event, status, detail: reply })),
        now,
      );
      if (bounce && mine.length > 0) await parts.enqueue(tx, [bounce]);
    });
  }

  async function returnedHeader(reports: readonly Report[]): Promise<Buffer | undefined> {
    const hash = reports[0]?.recipient.bodyHash;
    const body = hash && (await store.storedBody(db, hash));
    return body ? body.parsed.header : Buffer.alloc(0);
  }

  async function makeReport(
    reports: readonly Report[],
    header: Buffer,
    now: Date,
  ): Promise<Transfer | undefined> {
    const given = reports[0]?.recipient.sender ?? '';
    const sender = parts.bounceTarget?.(given) ?? given;
    const [domain = parts.hostname] = await parts.addressBook.domains(db);
    const target = await parts.addressBook.resolve(db, sender);
    // Nobody there any more: there is nobody to tell.
    if (target.kind === 'unknown' || (target.kind === 'account' && target.state !== 'active'))
      return undefined;
    const ref = newRef();
    const writer = store.newBody();
    await writer.write(composeReport({ reports, hostname: parts.hostname, domain, now, header, ref }));
    return {
      ref,
      cause: reports[0]?.recipient.ref ?? ref,
      origin: 'bounce',
      sender: '',
      accountId: undefined,
      recipients: [
        {
          address: sender,
          accountId: target.kind === 'account' ? target.accountId : undefined,
          shared: target.kind === 'account' && target.accountKind === 'unit',
          ...(target.kind === 'list' ? { listId: target.listId } : {}),
          notify: 'NEVER',
          orcpt: undefined,
        },
      ],
      body: await writer.finish(),
      smtputf8: false,
      eightBit: true,
      ret: undefined,
      envid: undefined,
      sessionId: undefined,
      remote: undefined,
      helo: undefined,
      tls: undefined,
    };
  }

  return settle;
}

export async function traceClaimed(
  tx: Tx,
  events: readonly { one: Claimed; event: string; status: string; detail: string }[],
  now: Date,
): Promise<void> {
  await insertTrace(
    tx,
    events.map(({ one, event, status, detail }) => ({
      transferId: one.transferId,
      recipientId: one.recipientId,
      address: one.address,
      sender: one.sender,
      event,
      status,
      detail,
    })),
    now,
  );
}
