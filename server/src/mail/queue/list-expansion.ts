import type { Clock } from '../../kit/clock/index.ts';
import { type Db, isDatabaseUnavailable, type Tx, transaction } from '../../kit/db/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { MailLists } from '../lists/index.ts';
import type { AddressBook, BookList } from '../ports.ts';
import { type Store, type StoredBody, StoreError } from '../store/index.ts';
import type { Enqueue } from './enqueue.ts';
import { listCopy } from './list-copy.ts';
import { advanceRun, beginRun, endRun, type ListRun, postponeRecipient } from './list-run.store.ts';
import type { LocalRules } from './local-plan.ts';
import { outcome } from './outcomes.ts';
import { planLate } from './planning.ts';
import { settleRecipients } from './queue.store.ts';
import { newRef } from './ref.ts';
import { traceClaimed } from './settle.ts';
import type { Claimed, EnvelopeRecipient, Transfer } from './types.ts';

export interface ExpansionParts {
  db: Db;
  store: Store;
  enqueue: Enqueue;
  addressBook: AddressBook;
  lists: MailLists;
  clock: Clock;
  log: Logger;
  rules?: LocalRules | undefined;
}

/** Members of one transaction: their mailboxes are locked for its length, so others' mail for them waits no longer. */
const BATCH = 100;
/** A message of its own for each address outside, since each has a bounce address of its own. */
const OUTSIDE_BATCH = 50;
/** An expansion that nobody carries on is due again after this. */
const LEASE_MS = 2 * 60_000;
/** Others get at least this part of the time that a batch took: 20,000 members must not be felt elsewhere. */
const REST = 0.5;

/** Sends an accepted message on to everybody on a list, batch after batch; goes on where a crash has ended it. */
export function createExpansion(parts: ExpansionParts, stopped: () => boolean) {
  const { db, store, lists, clock } = parts;
  const { book } = lists;

  return async (one: Claimed, list: BookList, body: StoredBody): Promise<void> => {
    const ownDomains = await parts.addressBook.domains(db);
    const copy = (outside: boolean) => listCopy(store, body, one.header, list, { ownDomains, outside });
    const inside = await copy(false);
    let outside: StoredBody | undefined;
    const without: Sender | undefined = list.skipSender
      ? { accountId: one.submitter, address: one.sender.toLowerCase() }
      : undefined;
    const step = async (at: ListRun) => {
      const here = at.after_address === '' ? await localBatch(one, list, inside, at, without) : undefined;
      if (here !== undefined) return here;
      // Changed From lines are for those whose servers check them; our own people see who wrote.
      outside ??= await copy(true);
      return outsideBatch(one, list, outside, at, without);
    };
    // A claim is long, for conversations with others; a crashed expansion must go on soon.
    await postponeRecipient(db, one.recipientId, new Date(clock.ms() + LEASE_MS));
    let at = await beginRun(db, one.recipientId, clock.now());
    for (;;) {
      if (stopped()) return postponeRecipient(db, one.recipientId, clock.now());
      const began = performance.now();
      const next = await step(at);
      if (next === 'overtaken') return;
      if (next === undefined) return finish(one, list, at);
      at = next;
      await rest((performance.now() - began) * REST);
    }
  };

  /** Undefined when there is nobody left here. */
  async function localBatch(
    one: Claimed,
    list: BookList,
    body: StoredBody,
    at: ListRun,
    without: Sender | undefined,
  ): Promise<ListRun | 'overtaken' | undefined> {
    const members = await book.members(db, list.id, { after: at.after_account, limit: BATCH });
    const last = members.at(-1);
    if (!last) return undefined;
    const wanted = members.filter((member) => member.accountId !== without?.accountId);
    const transfer = transferOf(one, list, body, lists.bounceAddress(list));
    const recipients: EnvelopeRecipient[] = [];
    for (const { accountId, address, shared } of wanted) {
      const header = lists.personalHeader(list, { accountId });
      const recipient: EnvelopeRecipient = {
        address,
        accountId,
        shared,
        notify: 'NEVER',
        orcpt: undefined,
        header,
      };
      const plan =
        parts.rules && (await planLate(db, parts.rules, { ...transfer, recipients: [recipient], header }));
      recipients.push(plan ? { ...recipient, plan } : recipient);
    }
    const to = { ...at, after_account: last.accountId, members: at.members + recipients.length };
    return write(one, at, to, [{ ...transfer, recipients }]);
  }

  async function outsideBatch(
    one: Claimed,
    list: BookList,
    body: StoredBody,
    at: ListRun,
    without: Sender | undefined,
  ): Promise<ListRun | 'overtaken' | undefined> {
    const members = await book.outside(db, list.id, { after: at.after_address, limit: OUTSIDE_BATCH });
    const last = members.at(-1);
    if (!last) return undefined;
    const transfers: Transfer[] = [];
    for (const { id: entryId, address } of members) {
      if (address === without?.address || !(await isOutside(address))) continue;
      const header = lists.personalHeader(list, { entryId });
      transfers.push({
        ...transferOf(one, list, body, lists.bounceAddress(list, { entryId })),
        recipients: [{ address, accountId: undefined, shared: false, notify: undefined, orcpt: undefined }],
        smtputf8: /[^\x00-\x7f]/.test(address),
        ...(header.length > 0 ? { header } : {}),
      });
    }
    const to = { ...at, after_address: last.address, outside: at.outside + transfers.length };
    return write(one, at, to, transfers);
  }

  /** A domain that has become ours since: its people stand on the list as accounts or not at all. */
  async function isOutside(address: string): Promise<boolean> {
    return (await parts.addressBook.resolve(db, address)).kind === 'foreign';
  }

  /** The batch and how far we are, together or not at all: nobody gets it twice, nobody is left out. */
  async function write(
    one: Claimed,
    from: ListRun,
    to: ListRun,
    transfers: readonly Transfer[],
  ): Promise<ListRun | 'overtaken'> {
    const act = (given: readonly Transfer[]) =>
      transaction(db, async (tx) => {
        const lease = new Date(clock.ms() + LEASE_MS);
        if (!(await advanceRun(tx, one.recipientId, from, to, lease))) return 'overtaken' as const;
        const filled = given.filter((transfer) => transfer.recipients.length > 0);
        if (filled.length > 0) await parts.enqueue(tx, filled);
        return to;
      });
    try {
      return await act(transfers);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      parts.log.warn({ err: error, ref: one.ref }, 'a batch of a list failed; it is tried again');
      // A folder that had gone is looked up anew the second time.
      if (error instanceof StoreError) return act(transfers).catch(() => act(transfers.map(separate)));
      return act(transfers.map(separate));
    }
  }

  async function finish(one: Claimed, list: BookList, at: ListRun): Promise<void> {
    await transaction(db, async (tx: Tx) => {
      const now = clock.now();
      const text = `sent on to ${at.members} members here and ${at.outside} outside`;
      const settled = await settleRecipients(
        tx,
        [outcome(one, 'delivered', now, '2.0.0', text, undefined)],
        now,
      );
      await endRun(tx, one.recipientId);
      if (settled.size > 0)
        await traceClaimed(
          tx,
          [{ one, event: 'expanded', status: '2.0.0', detail: `${list.address}: ${text}` }],
          now,
        );
    });
  }
}

/** One mailbox's trouble is not the others': the runner delivers each by itself, and makes its plan anew. */
function separate(transfer: Transfer): Transfer {
  const recipients = transfer.recipients.map(({ plan: _plan, ...recipient }) => recipient);
  return { ...transfer, recipients, deferLocal: true };
}

interface Sender {
  accountId: number | undefined;
  address: string;
}

function transferOf(one: Claimed, list: BookList, body: StoredBody, sender: string): Transfer {
  return {
    ref: newRef(),
    cause: one.ref,
    origin: one.origin,
    sender,
    accountId: undefined,
    recipients: [],
    body,
    smtputf8: /[^\x00-\x7f]/.test(list.address),
    eightBit: one.eightBit,
    ret: 'HDRS',
    envid: undefined,
    sessionId: undefined,
    remote: one.remote,
    helo: one.helo,
    tls: undefined,
    junk: one.junk,
    authenticated: one.authenticated,
  };
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
