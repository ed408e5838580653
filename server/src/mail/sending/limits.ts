import type { MailSettings } from '@hongyan/contract';
import type { Clock } from '../../kit/clock/index.ts';
import { type Db, type Tx, transaction } from '../../kit/db/index.ts';
import type { Settings } from '../settings/index.ts';
import * as store from './sending.store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Tells the person and the administrators, in the transaction that locks. */
export type OnLocked = (
  tx: Tx,
  lock: { accountId: number; address: string; recipients: number; at: Date },
) => Promise<void>;

export type SendingVerdict = { kind: 'pass' } | { kind: 'over' | 'locked'; text: string };

export interface SendingLimits {
  /** Counts one message of an account before it is accepted; what is refused does not use up the limit. */
  take(sender: { accountId: number; address: string }, recipients: number): Promise<SendingVerdict>;
  /** An account that is gone for good. */
  removeAccount(tx: Tx, accountId: number): Promise<void>;
  sweep(): Promise<void>;
}

/**
 * What one account may send by the clock hour and in the 24 hours up to it. Who goes on far beyond is locked: such a
 * burst is mostly a stolen password.
 */
export function createSendingLimits(parts: {
  db: Db;
  clock: Clock;
  settings: Settings;
  onLocked: OnLocked;
}): SendingLimits {
  const { db, clock, settings, onLocked } = parts;
  return {
    removeAccount: store.deleteSendingOf,
    async take({ accountId, address }, recipients) {
      const limits = await settings.get('sending');
      if (await store.isLocked(db, accountId)) return LOCKED;
      if (Object.values(limits).every((limit) => limit === 0)) return { kind: 'pass' };
      const now = clock.now();
      const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
      return transaction(db, async (tx): Promise<SendingVerdict> => {
        const count = await store.addToHour(tx, accountId, hour, recipients);
        // Somebody else may have locked it while we waited for the row.
        if (await store.isLocked(tx, accountId)) return LOCKED;
        if (limits.lockRecipientsPerHour > 0 && count.attempted > limits.lockRecipientsPerHour) {
          await store.takeBack(tx, accountId, hour, recipients);
          const row = { account_id: accountId, address, recipients: count.attempted, locked_at: now };
          if (await store.insertLock(tx, row))
            await onLocked(tx, { accountId, address, recipients: count.attempted, at: now });
          return LOCKED;
        }
        const before = await store.countBefore(tx, accountId, new Date(hour.getTime() - DAY_MS), hour);
        const text = overText(limits, count, before);
        if (text === undefined) return { kind: 'pass' };
        await store.takeBack(tx, accountId, hour, recipients);
        return { kind: 'over', text };
      });
    },
    sweep: () => store.deleteOldCounts(db, new Date(clock.ms() - 2 * DAY_MS)),
  };
}

const LOCKED: SendingVerdict = {
  kind: 'locked',
  text: 'Sending is locked for this account because of unusually much mail; an administrator can unlock it',
};

/** Which limit is passed, for the person; each 0 = none. */
export function overText(
  limits: MailSettings['sending'],
  hour: { messages: number; recipients: number },
  before: { messages: number; recipients: number },
): string | undefined {
  const over = (count: number, limit: number) => limit > 0 && count > limit;
  const say = (limit: number, what: string, when: string) =>
    `Your account may send ${what === 'messages' ? `${limit} messages` : `to ${limit} recipients`} ${when}; try again later`;
  if (over(hour.messages, limits.messagesPerHour)) return say(limits.messagesPerHour, 'messages', 'an hour');
  if (over(hour.recipients, limits.recipientsPerHour))
    return say(limits.recipientsPerHour, 'recipients', 'an hour');
  if (over(hour.messages + before.messages, limits.messagesPerDay))
    return say(limits.messagesPerDay, 'messages', 'a day');
  if (over(hour.recipients + before.recipients, limits.recipientsPerDay))
    return say(limits.recipientsPerDay, 'recipients', 'a day');
  return undefined;
}
