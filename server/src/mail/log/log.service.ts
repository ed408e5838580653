import type { MailLife, MailLogItem, MailLogQuery } from '@hongyan/contract';
import { type Directory, requireInstitutionWide } from '../../directory/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import type { Settings } from '../settings/index.ts';
import { dayRange } from './days.ts';
import { directionOf } from './direction.ts';
import { readLife, type ShowsRead } from './life.ts';
import { findLife, type LogFilter, type LogRow, listRefused, type RefusedRow } from './log.store.ts';
import { deleteOldLogBlocks } from './log-index.store.ts';
import { indexLog } from './log-indexer.ts';
import { searchLog } from './search.ts';

export interface MailLogParts {
  db: Db;
  clock: Clock;
  directory: Directory;
  settings: Settings;
}

export type MailLog = ReturnType<typeof createMailLog>;

/** Every message in and out, and the whole life of each (ADM-11). */
export function createMailLog({ db, clock, directory, settings }: MailLogParts) {
  /** May the log tell whether a copy was read? A matter of privacy. */
  async function showsRead(): Promise<ShowsRead> {
    const { showRead } = await settings.get('trace');
    return showRead === 'always' || showRead === 'never' ? showRead : 'shared';
  }

  return {
    async list(actor: Actor, query: MailLogQuery): Promise<{ items: MailLogItem[]; next?: string }> {
      requireInstitutionWide(await directory.authority(actor));
      const limit = query.limit ?? 50;
      const { from, before } = dayRange(query.from, query.to);
      const filter: LogFilter = {
        search: query.search?.trim() || undefined,
        state: query.state === 'refused' ? undefined : query.state,
        direction: query.direction,
        from,
        before,
        after: undefined,
        accountId: undefined,
      };
      if (query.state === 'refused') {
        const beforeId = query.after === undefined ? undefined : Number(query.after) || undefined;
        const rows = await listRefused(db, filter, beforeId, limit + 1);
        return page(rows, limit, presentRefused, (row) => String(row.trace_id));
      }
      const after = decodeAfter(query.after);
      const rows = await searchLog(db, { ...filter, after }, limit + 1);
      return page(rows, limit, presentRow, encodeAfter);
    },

    /** Errors: forbidden, not_found. */
    async life(actor: Actor, ref: string): Promise<MailLife> {
      requireInstitutionWide(await directory.authority(actor));
      const life = await readLife(db, ref, { account: undefined, showsRead: await showsRead() });
      if (!life) throw commonErrors.not_found();
      return life;
    },

    /**
     * What became of one's own mail: all recipients for who sent it, oneself for who received it. Whether others have
     * read it is never told here.
     */
    async ownLife(actor: Actor, ref: string): Promise<MailLife> {
      const row = await findLife(db, ref);
      if (!row) throw commonErrors.not_found();
      const mine = row.account_id === actor.accountId;
      const main = mine ? undefined : await directory.accounts.find(db, actor.accountId);
      const account = mine
        ? undefined
        : { id: actor.accountId, address: `${main?.local ?? ''}@${main?.domain ?? ''}` };
      const life = await readLife(db, ref, { account, showsRead: 'never' });
      if (!life || (!mine && life.recipients.length === 0)) throw commonErrors.not_found();
      const { cause: _, ...own } = life;
      return { ...own, made: mine ? own.made : [] };
    },

    /** Housekeeping: every few minutes. */
    async index(): Promise<void> {
      await indexLog({ db, clock });
      await deleteOldLogBlocks(db);
    },
  };
}

function page<R, T>(
  rows: readonly R[],
  limit: number,
  present: (row: R) => T,
  cursor: (row: R) => string,
): { items: T[]; next?: string } {
  const last = rows[limit - 1];
  return {
    items: rows.slice(0, limit).map(present),
    ...(rows.length > limit && last ? { next: cursor(last) } : {}),
  };
}

function encodeAfter(row: LogRow): string {
  return `${row.created_at.getTime()}.${row.transfer_id}.${row.recipient_id}`;
}

function decodeAfter(text: string | undefined): LogFilter['after'] {
  const match = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(text ?? '');
  if (!match) return undefined;
  return { at: new Date(Number(match[1])), transferId: Number(match[2]), recipientId: Number(match[3]) };
}

function presentRow(row: LogRow): MailLogItem {
  return {
    id: row.recipient_id,
    ref: row.ref,
    at: row.created_at.toISOString(),
    sender: row.sender,
    recipient: row.address,
    subject: row.subject,
    size: row.size_bytes,
    direction: directionOf(row.origin, row.local),
    state: row.state,
    ...(row.reply === null ? {} : { reply: row.reply }),
  };
}

function presentRefused(row: RefusedRow): MailLogItem {
  return {
    id: row.trace_id,
    at: row.at.toISOString(),
    sender: row.sender ?? '',
    recipient: row.address ?? '',
    subject: '',
    direction: 'in',
    state: 'refused',
    reply: [row.status, row.detail].filter(Boolean).join(' '),
  };
}
