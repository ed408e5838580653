import { type Report, wantsReport } from './bounce.ts';
import type { Outcome } from './queue.store.ts';
import type { Claimed, Verdict } from './types.ts';

/** The sender hears of a delay after this. */
const DELAY_MS = 4 * 3_600_000;
const BACKOFF_MINUTES = [1, 3, 10, 20, 30, 60, 60, 120, 120, 240];

/** Next try after so many attempts, with jitter so that a dead host's mail does not come back all at once. */
export function backoffMs(attempts: number): number {
  const minutes = BACKOFF_MINUTES[Math.min(attempts, BACKOFF_MINUTES.length) - 1] ?? 240;
  return minutes * 60_000 * (0.9 + Math.random() * 0.2);
}

/** Greylisting lets mail in after a few minutes: it is not made to wait hours for having come early. */
const GREYLISTED = /gr[ae]y-?list/i;
const GREYLIST_TRIES = 6;
const GREYLIST_MS = 5 * 60_000;

function pauseMs(attempts: number, reply: string): number {
  const pause = backoffMs(attempts);
  return attempts <= GREYLIST_TRIES && GREYLISTED.test(reply) ? Math.min(pause, GREYLIST_MS) : pause;
}

/** A recipient's next state. */
export function outcome(
  one: Claimed,
  state: Outcome['state'],
  nextAt: Date,
  status: string,
  reply: string,
  remote: string | undefined,
): Outcome {
  return { recipientId: one.recipientId, state, nextAt, status, reply, remote, delayTold: one.delayTold };
}

export interface Judged {
  one: Claimed;
  outcome: Outcome;
  event: string;
  report: Report | undefined;
}

/** From a verdict to a state, and whether the sender is told. */
export function judge(one: Claimed, verdict: Verdict, now: Date): Judged {
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
  const due = verdict.until?.getTime() ?? now.getTime() + pauseMs(one.attempts, reply);
  const nextAt = new Date(Math.min(due, one.expiresAt.getTime()));
  const late = !one.delayTold && now.getTime() - one.createdAt.getTime() >= DELAY_MS;
  const waiting = outcome(one, 'waiting', nextAt, status, reply, remote);
  return {
    one,
    outcome: { ...waiting, delayTold: one.delayTold || late },
    event: 'deferred',
    report: late ? report('delayed') : undefined,
  };
}
