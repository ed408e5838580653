import type { Clock } from '../../kit/clock/index.ts';
import { afterCommit, type Tx } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import { type LockedAccount, signalChange } from './account.store.ts';
import { type CountChange, updateSeen } from './entry.store.ts';
import {
  createIdBlocks,
  findThreadRefs,
  insertMessages,
  lockAndCount,
  mergeThreads,
  type NewMessage,
  threadKeys,
} from './insert.store.ts';
import type { SearchIndexer } from './search-indexer.ts';
import { type Appended, FLAG, type StoredBody, StoreError } from './types.ts';
import type { UsageMemory } from './usage.ts';

/** One message for one account. */
export interface Addition {
  accountId: number;
  /** Whose "seen" is meant in a shared account. */
  readerId: number;
  body: StoredBody;
  prefix: Buffer;
  receivedAt: Date;
  recipientId: number | undefined;
  placements: readonly { mailboxId: number; flags: number; keywords: readonly string[] }[];
  /** Refuse when the account would exceed it. */
  quotaBytes: number | undefined;
}

export type AddMessages = (tx: Tx, additions: readonly Addition[]) => Promise<Appended[]>;

/**
 * Puts messages into mailboxes: any number of messages, accounts and mailboxes in a fixed number of statements.
 * Everything that arrives in the store (delivery, APPEND, import, JMAP) comes through here.
 */
export function createAddMessages({
  clock,
  signals,
  usage,
  searchIndex,
}: {
  clock: Clock;
  signals: Signals;
  usage: UsageMemory;
  searchIndex: Pick<SearchIndexer, 'noted'>;
}): AddMessages {
  const ids = createIdBlocks('mail.message_id');

  return async (tx, additions) => {
    if (additions.length === 0) return [];
    const now = clock.now();
    const messageIds = await ids.take(tx, additions.length);
    const { accounts, uids } = await takeUids(tx, additions);
    const used = checkQuota(additions, accounts);
    afterCommit(tx, () => {
      for (const [accountId, bytes] of used) usage.note(accountId, bytes);
      for (const { accountId } of additions) searchIndex.noted(accountId, 1);
    });
    const threads = await assignThreads(tx, additions, messageIds);
    const messages = additions.map((addition, index): NewMessage => {
      const account = need(accounts.get(addition.accountId));
      return {
        accountId: addition.accountId,
        modseq: account.modseq,
        messageId: need(messageIds[index]),
        threadId: need(threads.ids[index]),
        body: addition.body,
        prefix: addition.prefix,
        receivedAt: addition.receivedAt,
        recipientId: addition.recipientId,
        entries: addition.placements.map((placement) => ({
          mailboxId: placement.mailboxId,
          uid: uids.next(placement.mailboxId),
          flags: account.shared ? placement.flags & ~FLAG.seen : placement.flags,
          keywords: placement.keywords,
        })),
      };
    });
    await insertMessages(tx, messages, creations(messages, threads, accounts), now);
    await markSeen(tx, additions, messages, accounts);
    for (const account of accounts.values()) {
      const own = messages.filter((message) => message.accountId === account.accountId);
      signalChange(
        tx,
        signals,
        account,
        own.flatMap((message) => message.entries.map((entry) => entry.mailboxId)),
      );
    }
    return messages.map((message) => ({
      messageId: message.messageId,
      threadId: message.threadId,
      entries: message.entries.map(({ mailboxId, uid }) => ({ mailboxId, uid })),
    }));
  };
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new StoreError('nonexistent', 'no such account or mailbox');
  return value;
}

/** Octets that each account holds afterwards. */
function checkQuota(
  additions: readonly Addition[],
  accounts: Map<number, LockedAccount>,
): Map<number, number> {
  const used = new Map([...accounts].map(([id, account]) => [id, account.usedBytes]));
  for (const { accountId, body, prefix, placements, quotaBytes } of additions) {
    const size = (body.size + prefix.length) * placements.length;
    const after = need(used.get(accountId)) + size;
    if (quotaBytes !== undefined && after > quotaBytes)
      throw new StoreError('over_quota', 'the mailbox is full');
    used.set(accountId, after);
  }
  return used;
}

/** Locks accounts and mailboxes, applies the counts, and hands out UIDs. */
async function takeUids(
  tx: Tx,
  additions: readonly Addition[],
): Promise<{ accounts: Map<number, LockedAccount>; uids: { next(mailboxId: number): number } }> {
  const counts = new Map<number, CountChange & { accountId: number }>();
  for (const { accountId, body, prefix, placements } of additions) {
    const size = body.size + prefix.length;
    for (const { mailboxId, flags } of placements) {
      const count = counts.get(mailboxId) ?? {
        accountId,
        mailboxId,
        uids: 0,
        total: 0,
        unseen: 0,
        deleted: 0,
        size: 0,
      };
      count.uids++;
      count.total++;
      if (!(flags & FLAG.seen)) count.unseen++;
      if (flags & FLAG.deleted) count.deleted++;
      count.size += size;
      counts.set(mailboxId, count);
    }
  }
  const { accounts, firstUids } = await lockAndCount(tx, [...counts.values()]);
  return {
    accounts,
    uids: {
      next(mailboxId) {
        const uid = need(firstUids.get(mailboxId));
        firstUids.set(mailboxId, uid + 1);
        return uid;
      },
    },
  };
}

interface Threads {
  /** Thread of each addition. */
  ids: number[];
  merged: Map<number, { gone: number[]; messages: number[] }>;
}

/** A message joins the thread of any message-id that it shares with it; threads that it connects become one. */
async function assignThreads(
  tx: Tx,
  additions: readonly Addition[],
  messageIds: readonly number[],
): Promise<Threads> {
  const wanted = additions.flatMap(({ accountId, body }) =>
    threadKeys(body).map((key) => ({ accountId, key })),
  );
  const known = new Map<string, number>();
  if (wanted.length > 0) {
    const refs = await findThreadRefs(
      tx,
      wanted.map((one) => one.accountId),
      wanted.map((one) => one.key),
    );
    for (const { accountId, key, threadId } of refs) known.set(`${accountId}:${key}`, threadId);
  }
  const ids: number[] = [];
  const merged: Threads['merged'] = new Map();
  for (const [index, { accountId, body }] of additions.entries()) {
    const keys = threadKeys(body).map((key) => `${accountId}:${key.toString('hex')}`);
    const found = [...new Set(keys.map((key) => known.get(key)).filter((id) => id !== undefined))].sort(
      (a, b) => a - b,
    );
    const threadId = found[0] ?? need(messageIds[index]);
    const others = found.slice(1);
    if (others.length > 0) {
      const messages = await mergeThreads(tx, accountId, threadId, others);
      for (const [key, id] of known) if (others.includes(id)) known.set(key, threadId);
      // Messages of this very batch may have been put into a thread that is now gone.
      for (const [at, id] of ids.entries()) if (others.includes(id)) ids[at] = threadId;
      const before = merged.get(accountId) ?? { gone: [], messages: [] };
      merged.set(accountId, {
        gone: [...before.gone, ...others],
        messages: [...before.messages, ...messages],
      });
    }
    for (const key of keys) known.set(key, threadId);
    ids.push(threadId);
  }
  return { ids, merged };
}

function creations(messages: readonly NewMessage[], threads: Threads, accounts: Map<number, LockedAccount>) {
  return [...accounts.values()].map((account) => {
    const own = messages.filter((message) => message.accountId === account.accountId);
    const fresh = new Set(own.map((message) => message.messageId));
    const merged = threads.merged.get(account.accountId);
    const threadIds = [...new Set(own.map((message) => message.threadId))];
    return {
      accountId: account.accountId,
      modseq: account.modseq,
      emails: [...fresh],
      updatedEmails: merged?.messages ?? [],
      // A thread bears the id of its first message.
      threadsCreated: threadIds.filter((id) => fresh.has(id)),
      threadsUpdated: threadIds.filter((id) => !fresh.has(id)),
      threadsDestroyed: merged?.gone ?? [],
      mailboxes: [...new Set(own.flatMap((message) => message.entries.map((entry) => entry.mailboxId)))],
    };
  });
}

async function markSeen(
  tx: Tx,
  additions: readonly Addition[],
  messages: readonly NewMessage[],
  accounts: Map<number, LockedAccount>,
): Promise<void> {
  for (const [index, { accountId, readerId, placements }] of additions.entries()) {
    if (!accounts.get(accountId)?.shared) continue;
    for (const [at, { flags, mailboxId }] of placements.entries()) {
      const uid = messages[index]?.entries[at]?.uid;
      if (flags & FLAG.seen && uid !== undefined)
        await updateSeen(tx, { accountId, readerId }, mailboxId, [uid], []);
    }
  }
}
