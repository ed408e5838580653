import type { Queryable } from '../../kit/db/index.ts';
import { type DeletedRow, listDeleted } from './deleted.store.ts';
import { insertEntries, updateCounts } from './entry.store.ts';
import { findMailboxByRole } from './mailbox.store.ts';
import { type Scope, StoreError } from './types.ts';
import { countChange, inOneWork, type StoreParts } from './work.ts';

/**
 * Puts deleted messages back, each into the folder where it lay, or into the inbox when that has gone. Those that are
 * not deleted (any more) are skipped. Answers the ids that are back.
 */
export async function restoreMessages(
  parts: StoreParts,
  db: Queryable,
  scope: Scope,
  messageIds: readonly number[],
): Promise<number[]> {
  return inOneWork(parts, db, scope.accountId, async (work) => {
    const rows = await listDeleted(work.tx, scope.accountId, {
      search: undefined,
      messageIds,
      limit: messageIds.length,
      offset: 0,
    });
    const inbox = await findMailboxByRole(work.tx, scope, 'inbox');
    if (!inbox) throw new StoreError('nonexistent', 'there is no inbox');
    const groups = Map.groupBy(rows, (row: DeletedRow) => row.mailbox_id ?? inbox.id);
    for (const [mailboxId, group] of groups) {
      const placed = await updateCounts(work.tx, [
        {
          accountId: scope.accountId,
          mailboxId,
          modseq: work.account.modseq,
          uids: group.length,
          total: group.length,
          unseen: group.length,
          deleted: 0,
          size: group.reduce((sum, row) => sum + row.size_bytes, 0),
        },
      ]);
      const first = placed.get(mailboxId)?.firstUid;
      if (first === undefined) throw new StoreError('nonexistent', 'the folder has gone');
      await insertEntries(
        work.tx,
        work.account,
        group.map((row, index) => ({
          mailboxId,
          uid: first + index,
          messageId: row.message_id,
          threadId: row.thread_id,
          flags: 0,
          keywords: [],
          size: row.size_bytes,
          receivedAt: row.received_at,
        })),
        work.now,
      );
      // The counts are settled above; this logs and signals the change.
      countChange(work, mailboxId);
      for (const row of group) {
        work.emailCreated.add(row.message_id);
        work.threadUpdated.add(row.thread_id);
      }
    }
    return rows.map((row) => row.message_id);
  });
}
