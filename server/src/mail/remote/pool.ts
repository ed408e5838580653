import type { Link } from './link.ts';

export interface Pool {
  /** An idle connection of a destination, taken out. */
  take(name: string): Link | undefined;
  /** Gives one back for a moment; closes it when it has done its share. */
  give(name: string, link: Link, maxMessages: number): void;
  stop(): void;
}

/** Idle connections are kept so long: the other side pays for them too. */
const IDLE_MS = 3_000;
/** Of one destination. */
const MAX_IDLE = 10;
/** Of all; without a bound a flood of destinations uses up file descriptors. */
const MAX_ALL = 100;

/** Connections between messages. */
export function createPool(): Pool {
  const idle = new Map<string, { link: Link; timer: NodeJS.Timeout }[]>();
  let count = 0;

  function drop(name: string, link: Link): boolean {
    const list = idle.get(name) ?? [];
    const at = list.findIndex((one) => one.link === link);
    const [found] = at < 0 ? [] : list.splice(at, 1);
    if (!found) return false;
    clearTimeout(found.timer);
    count--;
    if (list.length === 0) idle.delete(name);
    return true;
  }

  return {
    take(name) {
      for (;;) {
        const last = idle.get(name)?.at(-1);
        if (!last) return undefined;
        drop(name, last.link);
        if (last.link.open) return last.link;
      }
    },
    give(name, link, maxMessages) {
      const list = idle.get(name) ?? [];
      if (!link.open || link.messages >= maxMessages || list.length >= MAX_IDLE || count >= MAX_ALL) {
        link.quit();
        return;
      }
      const timer = setTimeout(() => {
        if (drop(name, link)) link.quit();
      }, IDLE_MS);
      list.push({ link, timer });
      idle.set(name, list);
      count++;
    },
    stop() {
      for (const [name, list] of [...idle]) {
        for (const { link } of [...list]) if (drop(name, link)) link.quit();
      }
    },
  };
}
