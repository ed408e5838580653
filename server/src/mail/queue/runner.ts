import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { MailLists } from '../lists/index.ts';
import type { AddressBook } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { createDeliverLocal } from './deliver-local.ts';
import type { Enqueue } from './enqueue.ts';
import { createListMail } from './list-mail.ts';
import type { LocalRules } from './local-plan.ts';
import { claimDue, deleteOldTransfers, findNextDue } from './queue.store.ts';
import { createSettle } from './settle.ts';
import type { SendSystemMail } from './system-mail.ts';
import type { Claimed, RemoteTransport, Verdict } from './types.ts';

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
  rules?: LocalRules | undefined;
  /** Distribution lists, with what they need to ask their moderators; without them there are none. */
  lists?: { lists: MailLists; sendSystemMail: SendSystemMail; origin: () => string } | undefined;
  /** Who is meant by a rewritten sender of ours (SRS). */
  bounceTarget?: ((address: string) => string | undefined) | undefined;
}

/** Longer than any conversation with a remote host; a crashed runner's work is due again after it. */
const LEASE_MS = 30 * 60_000;
const CLAIM = 100;
/** Expansions at a time: two long lists must not fill the database between them. */
const MAX_EXPANSIONS = 2;
/** Conversations with other hosts at a time. */
const MAX_PARALLEL = 50;
/** Of them with one destination: a slow one must not take the places of all others. */
const MAX_OF_ONE = 10;
/** Recipients of one remote conversation (RFC 5321 §4.5.3.1.8 promises a hundred). */
const MAX_RECIPIENTS = 100;
/** Looks for due work at least so often: what other processes enqueue comes by signal anyway. */
const POLL_MS = 15_000;
/** Message log. */
const KEEP_MS = 90 * 86_400_000;

export interface QueueRunner {
  start(): void;
  /** Waits for conversations under way. */
  stop(): Promise<void>;
  /** Works off everything that is due now; for tests and after enqueuing. */
  drain(): Promise<void>;
  sweep(): Promise<void>;
}

export function createRunner(parts: RunnerParts): QueueRunner {
  const { db, store, transport, clock, log } = parts;
  let stopped = true;
  /** Long work ends at its next batch; `drain` without `start` is not stopping. */
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let again = false;
  let unlisten: (() => void) | undefined;
  const talking = new Set<Promise<void>>();
  const expanding = new Set<Promise<void>>();
  const lanes = createLanes(MAX_PARALLEL, MAX_OF_ONE);
  const settle = createSettle(parts);
  const deliverLocal = createDeliverLocal({ ...parts, settle });
  const listLanes = createLanes(MAX_EXPANSIONS, 1);
  const listMail = parts.lists && createListMail({ ...parts, ...parts.lists, settle }, () => stopping);

  /** Claims until nothing is due. Local mail is delivered here; remote conversations go on by themselves. */
  async function work(): Promise<void> {
    for (;;) {
      const now = clock.now();
      const lease = new Date(now.getTime() + LEASE_MS);
      // A slow host elsewhere must not hold up what stays here.
      const claimed = await claimDue(db, now, lease, CLAIM, lanes.free() ? lanes.busy() : 'none');
      if (claimed.length === 0) return;
      const ended = claimed.filter((one) => one.givenUp);
      for (const group of Map.groupBy(ended, (one) => one.transferId).values()) await giveUp(group);
      const live = claimed.filter((one) => !one.givenUp);
      for (const one of live) if (one.listId !== undefined) toList(one);
      const local = live.filter((one) => one.accountId !== undefined);
      const remote = live.filter((one) => one.accountId === undefined && one.listId === undefined);
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
    beside(lanes.run(group[0]?.domain ?? '', () => deliverRemote(group)));
  }

  function toList(one: Claimed): void {
    if (listMail)
      beside(
        listLanes.run(String(one.listId), () => listMail(one)),
        expanding,
      );
  }

  /** Work that the round does not wait for. */
  function beside(work: Promise<void>, among = talking): void {
    const conversation = work
      .catch((error: unknown) => log.error({ err: error }, 'a delivery could not be recorded; it comes back'))
      .finally(() => {
        among.delete(conversation);
        schedule();
      });
    among.add(conversation);
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
            size: first.header.length + first.size,
            smtputf8: first.smtputf8,
            eightBit: first.eightBit,
            binary: first.binary,
            ret: first.ret,
            envid: first.envid,
            open: () => withHeader(first.header, store.readBody(stored)),
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
      stopping = false;
      unlisten = parts.signals.on('mail-queue', schedule);
      schedule();
    },
    async stop() {
      stopped = true;
      stopping = true;
      unlisten?.();
      clearTimeout(timer);
      await round?.catch(() => undefined);
      await Promise.all([...talking, ...expanding]);
    },
    async drain() {
      for (;;) {
        await drain();
        const beside = [...talking, ...expanding];
        if (beside.length === 0) return;
        // What they have sent on is due now.
        await Promise.all(beside);
      }
    },
    async sweep() {
      await deleteOldTransfers(db, new Date(clock.ms() - KEEP_MS));
    },
  };
}

async function* withHeader(header: Buffer, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (header.length > 0) yield header;
  yield* body;
}

interface Lanes {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Is there a place for another destination? */
  free(): boolean;
  /** Destinations with as much as they can take. */
  busy(): string[];
}

/** At most `width` at a time, and `ofOne` of the same name; the others wait in line, each name in its own order. */
function createLanes(width: number, ofOne: number): Lanes {
  const counts = new Map<string, number>();
  const line: { name: string; go: () => void }[] = [];
  let running = 0;
  const fits = (name: string) => running < width && (counts.get(name) ?? 0) < ofOne;
  const enter = (name: string) => {
    running++;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  function leave(name: string): void {
    running--;
    const left = (counts.get(name) ?? 1) - 1;
    if (left > 0) counts.set(name, left);
    else counts.delete(name);
    const next = line.findIndex((one) => fits(one.name));
    const [one] = next < 0 ? [] : line.splice(next, 1);
    if (!one) return;
    enter(one.name);
    one.go();
  }
  return {
    async run(name, work) {
      if (fits(name)) enter(name);
      else await new Promise<void>((go) => line.push({ name, go }));
      try {
        return await work();
      } finally {
        leave(name);
      }
    },
    free: () => running < width,
    busy: () => [...counts].flatMap(([name, count]) => (count >= ofOne ? [name] : [])),
  };
}
