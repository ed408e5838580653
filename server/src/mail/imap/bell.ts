/** Wakes one waiter; rings before anybody waits are kept as one. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or at once when one has come since the last wait. */
  wait(): Promise<void>;
  /** The waiter has stopped waiting: the next ring is kept for another. */
  leave(): void;
}

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      if (wake) {
        const resolve = wake;
        wake = undefined;
        resolve();
      } else rung = true;
    },
    leave() {
      wake = undefined;
    },
    wait() {
      if (rung) {
        rung = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
  };
}
