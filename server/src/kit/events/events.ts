import type { Tx } from '../db/index.ts';
import { defineJob, type JobDefinition, type Jobs } from '../jobs/index.ts';

/** A fact, told inside the transaction that makes it true. */
export interface EventDefinition<T extends object> {
  name: string;
  payload?: T;
}

export function defineEvent<T extends object>(name: string): EventDefinition<T> {
  return { name };
}

export interface Events {
  /** One job per subscriber, in the caller's transaction. */
  publish<T extends object>(tx: Tx, event: EventDefinition<T>, payload: T): Promise<void>;
  /** Handlers run at least once, after commit, in any process: they must be idempotent by a key of the payload. */
  subscribe<T extends object>(
    event: EventDefinition<T>,
    subscriber: string,
    handler: (payload: T) => Promise<void>,
  ): void;
}

export function createEvents(jobs: Jobs): Events {
  const subscribers = new Map<string, JobDefinition<object>[]>();
  return {
    async publish(tx, event, payload) {
      for (const job of subscribers.get(event.name) ?? []) await jobs.send(tx, job, payload);
    },
    subscribe(event, subscriber, handler) {
      const job = defineJob<object>(`${event.name}.${subscriber}`);
      subscribers.set(event.name, [...(subscribers.get(event.name) ?? []), job]);
      jobs.handle(job, handler as (payload: object) => Promise<void>);
    },
  };
}
