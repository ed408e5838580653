/** Keys remembered; beyond it the oldest go. Without a bound made-up senders fill the memory. */
const MAX_KEYS = 50_000;

/** Counts events of a key in a window of time, in the memory of one process. */
export interface Counter {
  /** Adds `amount` unless that passes `limit`; false = over the limit, nothing was counted. 0 = no limit. */
  take(key: string, limit: number, amount?: number): boolean;
}

export function createCounter(windowMs: number, now: () => number): Counter {
  const windows = new Map<string, { since: number; count: number }>();
  return {
    take(key, limit, amount = 1) {
      if (limit === 0) return true;
      const at = now();
      const known = windows.get(key);
      const window = known && at - known.since < windowMs ? known : { since: at, count: 0 };
      if (window.count + amount > limit) return false;
      window.count += amount;
      if (window !== known) {
        windows.delete(key);
        windows.set(key, window);
        if (windows.size > MAX_KEYS) {
          const [oldest] = windows.keys();
          if (oldest !== undefined) windows.delete(oldest);
        }
      }
      return true;
    },
  };
}
