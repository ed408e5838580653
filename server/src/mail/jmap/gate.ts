/** Lets each key have a few runs at a time. */
export interface Gate {
  run<T, R>(key: string, work: () => Promise<T>, refuse: () => R): Promise<T | R>;
}

export function createGate(max: number): Gate {
  const running = new Map<string, number>();
  return {
    async run(key, work, refuse) {
      const count = running.get(key) ?? 0;
      if (count >= max) return refuse();
      running.set(key, count + 1);
      try {
        return await work();
      } finally {
        const left = (running.get(key) ?? 1) - 1;
        if (left > 0) running.set(key, left);
        else running.delete(key);
      }
    },
  };
}
