import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import { DESTINATION_CHANGED, type Verdict } from '../queue/index.ts';
import { findDestination, forgetDestination, pauseDestination } from './destination.store.ts';

/** Pauses after failures of a whole destination; the last one goes on. */
const PAUSE_MINUTES = [1, 3, 5, 10, 20, 30, 60];
/** Destinations in memory; those at rest go first. */
const MAX_KNOWN = 10_000;
/** Pauses when the per-minute rate is used up. */
const MINUTE_MS = 60_000;

/** What a conversation with a destination came to. */
export type Attempt =
  | { kind: 'answered'; verdicts: Verdict[] }
  /** Nobody there could be talked to: everything for it waits. */
  | { kind: 'away'; status: string; reply: string; remote: string };

export interface DestinationLimits {
  /** Conversations at a time. */
  concurrency: number;
  /** Messages a minute; 0 = no limit. */
  perMinute: number;
}

export interface Destinations {
  /** Runs one conversation when it is its turn; while the destination is paused nothing is tried. */
  run(
    name: string,
    limits: DestinationLimits,
    act: () => Promise<Attempt>,
  ): Promise<Verdict[] | { kind: 'paused'; status: string; reply: string; remote: string; until: Date }>;
  stop(): void;
}

interface State {
  running: number;
  line: (() => void)[];
  failures: number;
  until: number;
  reason: { status: string; reply: string; remote: string };
  /** Sent in the minute that began then. */
  minute: number;
  sent: number;
}

/** Concurrency, rate and pauses of each destination: a host that is away is asked by one message, not by all. */
export function createDestinations(parts: { db: Db; clock: Clock; signals: Signals }): Destinations {
  const { db, clock, signals } = parts;
  const states = new Map<string, State>();
  const unlisten = signals.on(DESTINATION_CHANGED, (name) => {
    const state = name === undefined ? undefined : states.get(name);
    if (state) Object.assign(state, { failures: 0, until: 0 });
  });

  async function stateOf(name: string): Promise<State> {
    const known = states.get(name);
    if (known) return known;
    const row = await findDestination(db, name);
    const fresh: State = states.get(name) ?? {
      running: 0,
      line: [],
      failures: row?.failures ?? 0,
      until: row?.until.getTime() ?? 0,
      reason: { status: '4.4.1', reply: row?.last_error ?? '', remote: '' },
      minute: 0,
      sent: 0,
    };
    states.set(name, fresh);
    if (states.size > MAX_KNOWN) {
      const idle = [...states].find(([, state]) => state.running === 0 && state.line.length === 0);
      if (idle) states.delete(idle[0]);
    }
    return fresh;
  }

  async function enter(state: State, width: number): Promise<void> {
    // After a failure a single conversation tries whether it is back.
    const free = () => state.running < (state.failures > 0 ? 1 : width);
    while (!free()) await new Promise<void>((resolve) => state.line.push(resolve));
    state.running++;
  }

  function leave(state: State): void {
    state.running--;
    const line = state.line;
    state.line = [];
    for (const next of line) next();
  }

  function pauseOf(state: State) {
    return { kind: 'paused' as const, ...state.reason, until: new Date(state.until) };
  }

  async function settle(name: string, state: State, attempt: Attempt) {
    if (attempt.kind === 'answered') {
      const failed = state.failures > 0;
      state.failures = 0;
      state.until = 0;
      if (failed) await forgetDestination(db, name);
      return attempt.verdicts;
    }
    // Conversations that went on side by side met the same outage: it counts once.
    if (state.until > clock.ms()) return pauseOf(state);
    const now = clock.now();
    const minutes = PAUSE_MINUTES[Math.min(state.failures, PAUSE_MINUTES.length - 1)] ?? 60;
    state.failures++;
    // Jitter, so that several destinations that went away together do not come back together.
    state.until = now.getTime() + minutes * MINUTE_MS * (0.9 + Math.random() * 0.2);
    state.reason = { status: attempt.status, reply: attempt.reply, remote: attempt.remote };
    const row = { name, failures: state.failures, until: new Date(state.until), last_error: attempt.reply };
    await pauseDestination(db, row, now);
    return pauseOf(state);
  }

  return {
    async run(name, limits, act) {
      const state = await stateOf(name);
      if (state.until > clock.ms()) return pauseOf(state);
      await enter(state, limits.concurrency);
      try {
        if (state.until > clock.ms()) return pauseOf(state);
        const minute = Math.floor(clock.ms() / MINUTE_MS);
        if (state.minute !== minute) Object.assign(state, { minute, sent: 0 });
        if (limits.perMinute > 0 && state.sent >= limits.perMinute) {
          const until = new Date((minute + 1) * MINUTE_MS + Math.random() * 5_000);
          return {
            kind: 'paused',
            status: '4.4.5',
            reply: 'our own limit for this destination',
            remote: '',
            until,
          };
        }
        state.sent++;
        return await settle(name, state, await act());
      } finally {
        leave(state);
      }
    },
    stop: unlisten,
  };
}
