import type { Clock } from '../../kit/clock/index.ts';
import { type Db, type Tx, transaction } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { AddressBook } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { composeReport, type Report, wantsReport } from './bounce.ts';
import { deliveryPrefix, type Enqueue } from './enqueue.ts';
import {
  claimDue,
  deleteOldTransfers,
  findNextDue,
  insertTrace,
  type Outcome,
  settleRecipients,
} from './queue.store.ts';
import { newRef } from './ref.ts';
import type { Claimed, RemoteTransport, Transfer, Verdict } from './types.ts';

export interface RunnerParts {
  db: Db;
  store: Store;
  enqueue: Enqueue;
  transport: RemoteTransport;
  addressBook: AddressBook;
  clock: Clock;
  signals: Signals;
  log: Logger;
  hostname: string;
}

/** Longer than any conversation with a remote host; a crashed runner's work is due again after it. */
const LEASE_MS = 30 * 60_000;
const CLAIM = 100;
/** Conversations with other hosts at a time. */
const MAX_PARALLEL = 10;
/** Recipients of one remote conversation (RFC 5321 §4.5.3.1.8 promises a hundred). */
const MAX_RECIPIENTS = 100;
/** Looks for due work at least so often: what other processes enqueue comes by signal anyway. */
const POLL_MS = 15_000;
/** The sender hears of a delay after this. */
const DELAY_MS = 4 * 3_600_000;
/** Message log. */
const KEEP_MS = 90 * 86_400_000;
const BACKOFF_MINUTES = [1, 3, 10, 20, 30, 60, 60, 120, 120, 240];

export interface QueueRunner {
  start(): void;
  /** Waits for conversations under way. */
  stop(): Promise<void>;
  /** Works off everything that is due now; for tests and after enqueuing. */
  drain(): Promise<void>;
  sweep(): Promise<void>;
}

/** Next try after so many attempts, with jitter so that a dead host's mail does not come back all at once. */
export function backoffMs(attempts: number): number {
  const minutes = BACKOFF_MINUTES[Math.min(attempts, BACKOFF_MINUTES.length) - 1] ?? 240;
  return minutes * 60_000 * (0.9 + Math.random() * 0.2);
}

export function createRunner(parts: RunnerParts): QueueRunner {
  const { db, store, transport, clock, log } = parts;
  let stopped = true;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let again = false;
  let unlisten: (() => void) | undefined;
  const talking = new Set<Promise<void>>();
  const lanes = createLanes(MAX_PARALLEL);

  /** Claims until nothing is due. Local mail is delivered here; remote conversations go on by themselves. */
  async function work(): Promise<void> {
    for (;;) {
      const now = clock.now();
      const lease = new Date(now.getTime() + LEASE_MS);
      // A slow host elsewhere must not hold up what stays here.
      const claimed = await claimDue(db, now, lease, CLAIM, talking.size < MAX_PARALLEL);
      if (claimed.length === 0) return;
      const ended = claimed.filter((one) => one.givenUp);
      for (const group of Map.groupBy(ended, (one) => one.transferId).values()) await giveUp(group);
      const local = claimed.filter((one) => !one.givenUp && one.accountId !== undefined);
      const remote = claimed.filter((one) => !one.givenUp && one.accountId === undefined);
      for (const group of Map.groupBy(remote, (one) => `${one.transferId} ${one.domain}`).values()) {
        for (let at = 0; at < group.length; at += MAX_RECIPIENTS) talk(group.slice(at, at + MAX_RECIPIENTS));
      }
      await deliverLocal(local);
    }
  }

  async function giveUp(group: readonly Claimed[]): Promise<void> {
    const verdict: Verdict = {
      kind: 'failed',
      status: '5.7.0',
      reply: 'ended by an administrator',
      remote: '',
    };
    await settle(group.map((one) => ({ one, verdict })));
  }

  function talk(group: readonly Claimed[]): void {
    const conversation = lanes
      .run(() => deliverRemote(group))
      .catch((error: unknown) =>
        log.error({ err: error }, 'a remote delivery could not be recorded; it comes back'),
      )
      .finally(() => {
        talking.delete(conversation);
        schedule();
      });
    talking.add(conversation);
  }

  /** A mailbox is written and the recipient settled in one transaction: a crash does both or none. */
  async function deliverLocal(claimed: readonly Claimed[]): Promise<void> {
    for (const group of Map.groupBy(claimed, (one) => one.bodyHash.toString('hex')).values()) {
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
      await transaction(db, async (tx) => {
        const now = clock.now();
        const outcomes = group.map((one) => outcome(one, 'delivered', now, '2.0.0', 'delivered', undefined));
        const mine = await settleRecipients(tx, outcomes, now);
        const fresh = group.filter((one) => mine.has(one.recipientId));
        await store.deliver(
          tx,
          fresh.map((one) => ({
            accountId: one.accountId ?? 0,
            shared: false,
            body,
            prefix: deliveryPrefix(one.sender, one.address),
            receivedAt: now,
            recipientId: one.recipientId,
          })),
        );
        await trace(
          tx,
          fresh.map((one) => ({ one, event: 'delivered', status: '2.0.0', detail: '' })),
        );
      });
    }
  }

  async function deliverRemote(claimed: readonly Claimed[]): Promise<void> {
    const [first] = claimed;
    if (!first) return;
    const stored = await store.storedBytes(db, first.bodyHash);
    const verdicts: Verdict[] = stored
      ? await transport
          .send({
            ref: first.ref,
            domain: first.domain,
            sender: first.sender,
            recipients: claimed.map(({ address, notify, orcpt }) => ({ address, notify, orcpt })),
            size: first.size,
            smtputf8: first.smtputf8,
            eightBit: first.eightBit,
            ret: first.ret,
            envid: first.envid,
            open: () => store.readBody(stored),
          })
          .catch((error: unknown) => {
            log.error({ err: error, ref: first.ref }, 'remote delivery failed');
            return claimed.map(
              (): Verdict => ({ kind: 'deferred', status: '4.3.0', reply: 'internal error', remote: '' }),
            );
          })
      : claimed.map(
          (): Verdict => ({ kind: 'failed', status: '5.3.0', reply: 'the message has gone', remote: '' }),
        );
    await settle(
      claimed.map((one, index) => ({
        one,
        verdict: verdicts[index] ?? { kind: 'deferred', status: '4.3.0', reply: 'no answer', remote: '' },
      })),
    );
  }

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
      await trace(
        tx,
        mine.map(({ one, event, outcome: { status, reply } }) => ({ one, event, status, detail: reply })),
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
    const sender = reports[0]?.recipient.sender ?? '';
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
      origin: 'bounce',
      sender: '',
      accountId: undefined,
      recipients: [
        {
          address: sender,
          accountId: target.kind === 'account' ? target.accountId : undefined,
          shared: target.kind === 'account' && target.accountKind === 'unit',
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

  async function trace(
    tx: Tx,
    events: readonly { one: Claimed; event: string; status: string; detail: string }[],
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
      clock.now(),
    );
  }

  /** One round at a time; those who ask meanwhile get another one after it. */
  async function drain(): Promise<void> {
    if (round) {
      again = true;
      return round;
    }
    round = (async () => {
      do {
        again = false;
        await work();
      } while (again && !stopped);
    })().finally(() => {
      round = undefined;
    });
    return round;
  }

  function schedule(): void {
    if (stopped) return;
    clearTimeout(timer);
    void (async () => {
      let wait = POLL_MS;
      try {
        await drain();
        const due = await findNextDue(db);
        if (due) wait = Math.min(POLL_MS, Math.max(100, due.getTime() - clock.ms()));
      } catch (error) {
        log.warn({ err: error }, 'the mail queue could not be worked off; trying again');
        wait = 1_000;
      }
      if (!stopped) timer = setTimeout(schedule, wait);
    })();
  }

  return {
    start() {
      stopped = false;
      unlisten = parts.signals.on('mail-queue', schedule);
      schedule();
    },
    async stop() {
      stopped = true;
      unlisten?.();
      clearTimeout(timer);
      await round?.catch(() => undefined);
      await Promise.all(talking);
    },
    async drain() {
      do {
        await drain();
        await Promise.all(talking);
      } while (talking.size > 0);
    },
    async sweep() {
      await deleteOldTransfers(db, new Date(clock.ms() - KEEP_MS));
    },
  };
}

function outcome(
  one: Claimed,
  state: Outcome['state'],
  nextAt: Date,
  status: string,
  reply: string,
  remote: string | undefined,
): Outcome {
  return { recipientId: one.recipientId, state, nextAt, status, reply, remote, delayTold: one.delayTold };
}

interface Judged {
  one: Claimed;
  outcome: Outcome;
  event: string;
  report: Report | undefined;
}

/** From a verdict to a state, and whether the sender is told. */
function judge(one: Claimed, verdict: Verdict, now: Date): Judged {
  const { status, reply, remote } = verdict;
  const report = (action: Report['action']): Report | undefined =>
    wantsReport(one, action)
      ? { action, recipient: one, status, reply, remote: remote || undefined }
      : undefined;
  if (verdict.kind === 'relayed') {
    const told = verdict.dsn ? undefined : report('relayed');
    return {
      one,
      outcome: outcome(one, 'relayed', now, status, reply, remote),
      event: 'relayed',
      report: told,
    };
  }
  if (verdict.kind === 'failed')
    return {
      one,
      outcome: outcome(one, 'failed', now, status, reply, remote),
      event: 'failed',
      report: report('failed'),
    };
  if (now >= one.expiresAt)
    return {
      one,
      outcome: outcome(one, 'expired', now, '5.4.7', reply, remote),
      event: 'expired',
      report: report('failed'),
    };
  const nextAt = new Date(Math.min(now.getTime() + backoffMs(one.attempts), one.expiresAt.getTime()));
  const late = !one.delayTold && now.getTime() - one.createdAt.getTime() >= DELAY_MS;
  const waiting = outcome(one, 'waiting', nextAt, status, reply, remote);
  return {
    one,
    outcome: { ...waiting, delayTold: one.delayTold || late },
    event: 'deferred',
    report: late ? report('delayed') : undefined,
  };
}

/** At most so many at a time; the others wait in line. */
function createLanes(width: number): { run<T>(work: () => Promise<T>): Promise<T> } {
  let running = 0;
  const line: (() => void)[] = [];
  return {
    async run(work) {
      if (running >= width) await new Promise<void>((resolve) => line.push(resolve));
      else running++;
      try {
        return await work();
      } finally {
        const next = line.shift();
        if (next) next();
        else running--;
      }
    },
  };
}
