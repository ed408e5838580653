import { useEffect, useRef } from 'react';
import type { ReplyKind } from './compose/draft.ts';
import type { Row } from './queries.ts';

interface Keys {
  rows: Row[];
  chosen: string | undefined;
  open: (row: Row, index: number) => void;
  reply: (kind: ReplyKind) => void;
  archive: (row: Row) => void;
  remove: (row: Row) => void;
  compose: () => void;
  close: () => void;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role=dialog]') !== null);

/** j k move, o opens, r a f answer, e archives, # deletes, c writes, / searches, Escape goes back. */
export function useMailKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      const { rows, chosen, open, reply, archive, remove, compose, close } = latest.current;
      const at = rows.findIndex((row) => row.id === chosen);
      const row = rows[at];
      const step = (to: number) => {
        const next = rows[to];
        if (next) open(next, to);
      };
      const acts = new Map<string, () => void>([
        ['j', () => step(at + 1)],
        ['k', () => step(Math.max(0, at - 1))],
        ['o', () => step(Math.max(0, at))],
        ['r', () => reply('reply')],
        ['a', () => reply('all')],
        ['f', () => reply('forward')],
        ['e', () => row && archive(row)],
        ['#', () => row && remove(row)],
        ['c', compose],
        ['/', () => document.querySelector<HTMLInputElement>('.mail-tools input')?.focus()],
        ['Escape', close],
      ]);
      const act = acts.get(event.key);
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
