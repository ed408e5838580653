import type { BlobStore } from '../../kit/blobs/index.ts';
import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Db, type Queryable, type Tx, transaction } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import { type Arrivals, deleteAccount, findAccount, findArrivals, insertAccount } from './account.store.ts';
import { listGranted, listGrants } from './acl.store.ts';
import { type Addition, createAddMessages } from './add.ts';
import { annotate, setGrant } from './annotate.ts';
import { listAnnotations } from './annotation.store.ts';
import type { Store } from './api.ts';
import { createBodyWriter, openMessage, readBody, readServed, reparse } from './body.ts';
import { readChanges } from './changes.store.ts';
import { copyOrMove } from './copy.ts';
import { listDeleted } from './deleted.store.ts';
import { updateEmails } from './email-set.ts';
import {
  findFirstUnseen,
  listEntries,
  listEntriesOfMessages,
  listVanished,
  sumDeleted,
} from './entry.store.ts';
import { listFetchRows } from './fetch-list.store.ts';
import { listFlags } from './flag-list.store.ts';
import { setFlags } from './flags.ts';
import { createMailbox, deleteMailbox, normalizePath, renameMailbox, updateMailbox } from './folders.ts';
import { createIdBlocks, upsertBodies } from './insert.store.ts';
import {
  findMailbox,
  findMailboxByPath,
  findMailboxByRole,
  findMailboxLowModseq,
  findMailboxWithUids,
  listMailboxes,
} from './mailbox.store.ts';
import {
  findAnyBody,
  findBody,
  listBytes,
  listHeaders,
  listMessages,
  listMessagesForReading,
  listThreads,
} from './message.store.ts';
import { queryEmails } from './query.ts';
import { restoreMessages } from './restore.ts';
import { searchMailbox } from './search.store.ts';
import { createSearchIndexer } from './search-indexer.ts';
import { listThreadInfo, sortUids } from './sort.store.ts';
import { createSweeper, RESTORE_DAYS } from './sweep.ts';
import { type Delivery, type Email, StoreError } from './types.ts';
import { createUsageMemory } from './usage.ts';
import { inOneWork, removeEntries } from './work.ts';

/** Largest message that any door lets in, unless the caller says less. */
const MAX_MESSAGE = 1024 * 1024 * 1024;
const MAX_CHANGES = 5_000;
/** Accounts whose kind is remembered; beyond it the memory starts anew. */
const MAX_KNOWN = 200_000;

export interface StoreOptions {
  db: Db;
  blobs: BlobStore;
  clock: Clock;
  signals: Signals;
  log: Logger;
}

export function createStore({ db: pool, blobs, clock, signals, log }: StoreOptions): Store {
  const parts = { clock, signals, ids: createIdBlocks('mail.message_id') };
  const usage = createUsageMemory(clock);
  const searchIndex = createSearchIndexer({ db: pool, log });
  const add = createAddMessages({ clock, signals, usage, searchIndex });
  const sweep = createSweeper({ db: pool, blobs, clock });
  /** Account → is it shared. Never changes once the account has mail. */
  const kinds = new Map<number, boolean>();
  const arrivals = new Map<number, Arrivals>();

  async function isShared(db: Queryable, accountId: number): Promise<boolean> {
    const known = kinds.get(accountId);
    if (known !== undefined) return known;
    const account = await findAccount(db, accountId);
    if (!account) return false;
    if (kinds.size >= MAX_KNOWN) kinds.clear();
    kinds.set(accountId, account.shared);
    return account.shared;
  }

  async function provision(tx: Tx, accountId: number, options: { shared?: boolean } = {}): Promise<void> {
    await insertAccount(tx, accountId, options.shared ?? false, clock.now());
  }

  /** Where mail of each account arrives; accounts that have no mail yet are made. */
  async function arrivalsFor(tx: Tx, deliveries: readonly Delivery[]): Promise<Map<number, Arrivals>> {
    const found = new Map<number, Arrivals>();
    const missing = new Map<number, boolean>();
    for (const { accountId, shared } of deliveries) {
      const known = arrivals.get(accountId);
      if (known === undefined) missing.set(accountId, shared);
      else found.set(accountId, known);
    }
    if (missing.size === 0) return found;
    const existing = await findArrivals(tx, [...missing.keys()]);
    for (const [accountId, shared] of missing)
      if (!existing.has(accountId)) await provision(tx, accountId, { shared });
    const fresh = existing.size === missing.size ? existing : await findArrivals(tx, [...missing.keys()]);
    afterCommit(tx, () => {
      if (arrivals.size >= MAX_KNOWN) arrivals.clear();
      for (const [accountId, places] of fresh) arrivals.set(accountId, places);
    });
    return new Map([...found, ...fresh]);
  }

  return {
    provision,
    async removeAccount(tx, accountId) {
      await deleteAccount(tx, accountId);
      kinds.delete(accountId);
      arrivals.delete(accountId);
    },
    async usage(db, accountId) {
      const account = await findAccount(db, accountId);
      return { bytes: account?.used_bytes ?? 0, messages: account?.used_messages ?? 0 };
    },
    async hasRoom(db, accountId, quotaBytes, size) {
      const recent = usage.recall(accountId);
      if (recent !== undefined && recent + size < quotaBytes) return true;
      const bytes = (await findAccount(db, accountId))?.used_bytes ?? 0;
      usage.note(accountId, bytes);
      return bytes < quotaBytes && bytes + size <= quotaBytes;
    },
    state: async (db, accountId) => (await findAccount(db, accountId))?.modseq ?? 0,
    changes: (db, accountId, since, maxChanges) =>
      readChanges(db, accountId, since, maxChanges ?? MAX_CHANGES),

    async mailboxes(db, scope) {
      const list = await listMailboxes(db, scope);
      if (list.length > 0) return list;
      await transaction(db, (tx) =>
        provision(tx, scope.accountId, { shared: scope.accountId !== scope.readerId }),
      );
      return listMailboxes(db, scope);
    },
    mailbox: findMailbox,
    async mailboxByPath(db, scope, path) {
      try {
        const wanted = normalizePath(path);
        const found = await findMailboxByPath(db, scope, wanted);
        // A person's first look may come before his first mail: the folders are made then.
        if (found || (await findAccount(db, scope.accountId))) return found;
        await transaction(db, (tx) =>
          provision(tx, scope.accountId, { shared: scope.accountId !== scope.readerId }),
        );
        return await findMailboxByPath(db, scope, wanted);
      } catch (error) {
        if (error instanceof StoreError) return undefined;
        throw error;
      }
    },
    mailboxByRole: findMailboxByRole,
    createMailbox: (db, scope, input) => createMailbox(parts, db, scope, input),
    renameMailbox: (db, scope, mailboxId, path) => renameMailbox(parts, db, scope, mailboxId, path),
    deleteMailbox: (db, scope, mailboxId, options) => deleteMailbox(parts, db, scope, mailboxId, options),
    updateMailbox: (db, scope, mailboxId, change) => updateMailbox(parts, db, scope, mailboxId, change),

    select: findMailboxWithUids,
    async entries(db, scope, mailboxId, filter = {}) {
      return listEntries(db, scope, await isShared(db, scope.accountId), mailboxId, filter);
    },
    async vanished(db, scope, mailboxId, since, uids) {
      const low = await findMailboxLowModseq(db, scope.accountId, mailboxId);
      if (low === undefined || since < low) return undefined;
      return listVanished(db, scope.accountId, mailboxId, since, uids);
    },
    async flags(db, scope, mailboxId, uids) {
      return listFlags(db, scope, await isShared(db, scope.accountId), mailboxId, uids);
    },
    async fetchRows(db, scope, mailboxId, uids, wanted) {
      return listFetchRows(db, scope, await isShared(db, scope.accountId), mailboxId, uids, wanted);
    },
    messages: listMessages,
    headers: listHeaders,
    async emails(db, scope, messageIds) {
      const messages = await listMessages(db, scope.accountId, messageIds);
      const entries = await listEntriesOfMessages(db, scope, await isShared(db, scope.accountId), messageIds);
      const byMessage = Map.groupBy(entries, (entry) => entry.messageId);
      return messageIds.flatMap((id): Email[] => {
        const message = messages.get(id);
        const own = byMessage.get(id);
        return message && own ? [{ ...message, entries: own }] : [];
      });
    },
    threads: listThreads,
    async open(db, accountId, messageId) {
      const [source] = await listMessagesForReading(db, accountId, [messageId]);
      return source && openMessage(blobs, source);
    },
    async openMany(db, accountId, messageIds) {
      const sources = await listMessagesForReading(db, accountId, messageIds);
      return new Map(sources.map((source) => [source.message.messageId, openMessage(blobs, source)]));
    },

    async wholeMessages(db, accountId, messageIds) {
      const sources = await listBytes(db, accountId, messageIds);
      return new Map(
        sources.map((source) => [source.messageId, { size: source.size, read: readServed(blobs, source) }]),
      );
    },

    async search(db, scope, mailboxId, criterion) {
      return searchMailbox(db, scope, await isShared(db, scope.accountId), mailboxId, criterion);
    },
    async query(db, scope, query) {
      const account = await findAccount(db, scope.accountId);
      const { rows, total } = await queryEmails(db, scope, account?.shared ?? false, query);
      return {
        messageIds: rows.map((row) => row.message_id),
        threadIds: rows.map((row) => row.thread_id),
        total,
        state: account?.modseq ?? 0,
      };
    },

    sortUids: (db, scope, mailboxId, uids, keys) => sortUids(db, scope.accountId, mailboxId, uids, keys),
    threadInfo: (db, scope, mailboxId, uids) => listThreadInfo(db, scope.accountId, mailboxId, uids),
    deletedBytes: (db, scope, mailboxId) => sumDeleted(db, scope.accountId, mailboxId),
    async firstUnseen(db, scope, mailboxId) {
      if (await isShared(db, scope.accountId)) return undefined;
      return findFirstUnseen(db, scope.accountId, mailboxId);
    },
    grants: listGrants,
    granted: listGranted,
    setGrant: (db, scope, mailboxId, grant) => setGrant(parts, db, scope, mailboxId, grant),
    annotations: listAnnotations,
    annotate,

    newBody: (options = {}) => createBodyWriter(blobs, options.maxBytes ?? MAX_MESSAGE),
    async bodyByHash(db, accountId, hex) {
      if (!/^[0-9a-f]{64}$/.test(hex)) return undefined;
      const hash = Buffer.from(hex, 'hex');
      const body = await findBody(db, accountId, hash);
      return body && reparse(blobs, { hash, ...body });
    },
    async storedBody(db, hash) {
      const body = await findAnyBody(db, hash);
      return body && reparse(blobs, { hash, ...body });
    },
    async storedBytes(db, hash) {
      const body = await findAnyBody(db, hash);
      return body && { hash, ...body };
    },
    readBody: (body) => readBody(blobs, body, 0, body.size),
    async append(db, scope, items, options = {}) {
      const now = clock.now();
      return transaction(db, (tx) =>
        add(
          tx,
          items.map((item) => ({
            accountId: scope.accountId,
            readerId: scope.readerId,
            body: item.body,
            prefix: item.prefix ?? Buffer.alloc(0),
            receivedAt: item.receivedAt ?? now,
            recipientId: undefined,
            quotaBytes: options.quotaBytes,
            placements: [...new Set(item.mailboxIds)].map((mailboxId) => ({
              mailboxId,
              flags: item.flags ?? 0,
              keywords: item.keywords ?? [],
            })),
          })),
        ),
      );
    },
    async deliver(tx, deliveries) {
      const known = await arrivalsFor(tx, deliveries);
      try {
        return await add(
          tx,
          deliveries.map((one) => ({
            accountId: one.accountId,
            readerId: one.accountId,
            body: one.body,
            prefix: one.prefix,
            receivedAt: one.receivedAt,
            recipientId: one.recipientId,
            quotaBytes: undefined,
            placements: placementsOf(one, known.get(one.accountId)),
          })),
        );
      } catch (error) {
        // A folder may have been removed by another process: look it up again next time.
        if (error instanceof StoreError) for (const one of deliveries) arrivals.delete(one.accountId);
        throw error;
      }
    },
    registerBodies: (tx, bodies) => upsertBodies(tx, bodies, clock.now()),
    setFlags: (db, scope, mailboxId, change) => setFlags(parts, db, scope, mailboxId, change),
    copy: (db, scope, mailboxId, uids, target) =>
      copyOrMove(parts, db, { scope, mailboxId, uids }, target, false),
    move: (db, scope, mailboxId, uids, target) =>
      copyOrMove(parts, db, { scope, mailboxId, uids }, target, true),
    expunge: (db, scope, mailboxId, { uids, any }) =>
      inOneWork(parts, db, scope.accountId, async (work) => {
        const filter = { ...(uids ? { uids } : {}), deletedOnly: !any };
        const entries = await listEntries(work.tx, scope, work.account.shared, mailboxId, filter);
        await removeEntries(work, mailboxId, entries);
        return { modseq: work.account.modseq, uids: entries.map((entry) => entry.uid) };
      }),
    updateEmails: (db, scope, changes) => updateEmails(parts, db, scope, changes),
    sweep,
    searchIndex,
    restoreDays: RESTORE_DAYS,
    deletedMessages: listDeleted,
    restore: (db, scope, messageIds) => restoreMessages(parts, db, scope, messageIds),
  };
}

/** One entry a mailbox, however many rules put the message there. */
function placementsOf(delivery: Delivery, places: Arrivals | undefined): Addition['placements'] {
  const home = (delivery.junk ? places?.junk : undefined) ?? places?.inbox ?? 0;
  const wanted = delivery.placements ?? [{ flags: 0, keywords: [] }];
  const byMailbox = new Map<number, { mailboxId: number; flags: number; keywords: readonly string[] }>();
  for (const { mailboxId = home, flags, keywords } of wanted) {
    const before = byMailbox.get(mailboxId);
    byMailbox.set(mailboxId, {
      mailboxId,
      flags: flags | (before?.flags ?? 0),
      keywords: [...new Set([...(before?.keywords ?? []), ...keywords])],
    });
  }
  return [...byMailbox.values()];
}
