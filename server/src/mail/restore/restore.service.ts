import type { DeletedMailPage } from '@hongyan/contract';
import type { Audit } from '../../audit/index.ts';
import type { Db } from '../../kit/db/index.ts';
import { commonErrors } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import type { AddressBook } from '../ports.ts';
import type { Scope, Store } from '../store/index.ts';

const PAGE = 50;

export type MailRestore = ReturnType<typeof createMailRestore>;

/** Mail that was deleted in the last days, and its way back: for oneself and for one's unit mailboxes. */
export function createMailRestore(parts: { db: Db; store: Store; addressBook: AddressBook; audit: Audit }) {
  const { db, store, addressBook, audit } = parts;

  async function scopeOf(actor: Actor, accountId: number): Promise<Scope> {
    const mailboxes = await addressBook.mailboxes(db, actor.accountId);
    if (!mailboxes.some((mailbox) => mailbox.accountId === accountId)) throw commonErrors.forbidden();
    return { accountId, readerId: actor.accountId };
  }

  return {
    async list(
      actor: Actor,
      accountId: number,
      query: { search?: string; offset?: number },
    ): Promise<DeletedMailPage> {
      const scope = await scopeOf(actor, accountId);
      const rows = await store.deletedMessages(db, scope.accountId, {
        search: query.search?.trim() || undefined,
        limit: PAGE + 1,
        offset: query.offset ?? 0,
      });
      return {
        items: rows.slice(0, PAGE).map((row) => ({
          id: row.message_id,
          subject: row.subject,
          from: row.from_fold,
          size: row.size_bytes,
          receivedAt: row.received_at.toISOString(),
          deletedAt: row.expunged_at.toISOString(),
          ...(row.path === null ? {} : { folder: row.path }),
        })),
        more: rows.length > PAGE,
        days: store.restoreDays,
      };
    },

    async restore(actor: Actor, accountId: number, ids: readonly number[]): Promise<number> {
      const scope = await scopeOf(actor, accountId);
      const restored = await store.restore(db, scope, ids);
      await audit.record(db, actor, {
        action: 'mail.restore',
        target: String(accountId),
        after: { messages: restored.length },
      });
      return restored.length;
    },
  };
}
