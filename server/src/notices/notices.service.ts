import type { HallHome, Notice } from '@hongyan/contract';
import type { Clock } from '../kit/clock/index.ts';
import type { Db, Tx } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import { decodeCursor, encodeCursor } from '../kit/text/index.ts';
import * as store from './notices.store.ts';

export type Notices = ReturnType<typeof createNotices>;

const PER_TAB = 7;

/** Published notices, readable by everybody who is signed in. */
export function createNotices({ db, clock }: { db: Db; clock: Clock }) {
  return {
    /** One tab a category, in the order of their newest notice. */
    async tabs(): Promise<HallHome['notices']> {
      const tabs = new Map<string, HallHome['notices'][number]>();
      for (const row of await store.findLatest(db, PER_TAB, clock.now())) {
        const tab = tabs.get(row.category) ?? { category: row.category, items: [] };
        tab.items.push({
          id: row.id,
          title: row.title,
          unit: row.unit,
          time: row.published_at.toISOString(),
        });
        tabs.set(row.category, tab);
      }
      return [...tabs.values()];
    },

    async list(query: {
      category?: string;
      after?: string;
      limit?: number;
    }): Promise<{ items: Notice[]; next?: string }> {
      const limit = query.limit ?? 20;
      const rows = await store.findNotices(db, {
        category: query.category,
        beforeId: decodeCursor(query.after)?.id,
        limit: limit + 1,
        now: clock.now(),
      });
      const last = rows[limit - 1];
      return {
        items: rows.slice(0, limit).map(present),
        ...(rows.length > limit && last ? { next: encodeCursor('', last.id) } : {}),
      };
    },

    async get(id: number): Promise<Notice> {
      const row = await store.findNotice(db, id, clock.now());
      if (!row) throw commonErrors.not_found();
      return present(row);
    },

    add: (tx: Tx, notice: Parameters<typeof store.insertNotice>[1]) => store.insertNotice(tx, notice),
  };
}

function present(row: store.NoticeRow): Notice {
  return {
    id: row.id,
    title: row.title,
    category: row.category,
    unit: row.unit,
    body: row.body,
    time: row.published_at.toISOString(),
  };
}
