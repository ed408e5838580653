import type { Audit } from '../audit/index.ts';
import type { Channels } from '../channels/index.ts';
import type { Directory } from '../directory/index.ts';
import type { Passwords } from '../identity/index.ts';
import type { BlobStore } from '../kit/blobs/index.ts';
import type { Clock } from '../kit/clock/index.ts';
import type { Db, Queryable } from '../kit/db/index.ts';
import type { Actor } from '../kit/http/index.ts';
import type { Workflow } from '../workflow/index.ts';

/** What the services of the hall are made of. */
export interface HallContext {
  db: Db;
  clock: Clock;
  audit: Audit;
  directory: Directory;
  passwords: Passwords;
  workflow: Workflow;
  channels: Channels;
  blobs: BlobStore;
}

export const AUDIENCES = ['staff', 'student', 'other', 'administrator'] as const;

/** The sets that a person belongs to, for everything that has an audience (HALL-3). */
export async function audiencesOf(directory: Directory, db: Queryable, actor: Actor): Promise<string[]> {
  const row = await directory.accounts.find(db, actor.accountId);
  if (!row) return [];
  return [row.person_kind, ...(row.tier === 'user' ? [] : ['administrator'])];
}

/** The calendar day of the institution, `2026-11-23`. */
export function localDay(now: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(now);
}

/** End of the n-th working day from now (Monday to Friday). */
export function afterWorkingDays(now: Date, days: number): Date {
  const due = new Date(`${localDay(now)}T23:59:59+08:00`);
  for (let left = days; left > 0; ) {
    due.setUTCDate(due.getUTCDate() + 1);
    const weekday = new Date(due.getTime() + 8 * 3_600_000).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return due;
}
