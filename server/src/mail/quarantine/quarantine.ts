import type { Clock } from '../../kit/clock/index.ts';
import { sameBytes } from '../../kit/crypto/index.ts';
import { type Db, type Tx, transaction } from '../../kit/db/index.ts';
import type { AddressBook } from '../ports.ts';
import { type Address, addressOf } from '../protocol/mime/index.ts';
import {
  type Enqueue,
  type EnvelopeRecipient,
  insertTrace,
  newRef,
  type SendSystemMail,
} from '../queue/index.ts';
import type { Settings } from '../settings/index.ts';
import type { Store, StoredBody } from '../store/index.ts';
import { composeDigest } from './digest.ts';
import * as store from './quarantine.store.ts';
import { releaseKey } from './release-link.ts';

export interface HeldMessage {
  ref: string;
  sessionId: string;
  sender: string;
  recipients: readonly EnvelopeRecipient[];
  body: StoredBody;
  reason: 'spam' | 'virus';
  detail: string;
  header: Buffer;
  authenticated: boolean;
  smtputf8: boolean;
  remote: string | undefined;
  helo: string | undefined;
}

export type Released = 'released' | 'gone' | 'forbidden';

export interface Quarantine {
  /** Takes responsibility for a message without delivering it; durable on return. */
  hold(message: HeldMessage): Promise<void>;
  /** Delivers one held message as it came; false when it is not held any more. */
  release(tx: Tx, id: number): Promise<boolean>;
  remove(tx: Tx, id: number): Promise<boolean>;
  /** By the signed link of a digest. Mail with a virus is released by administrators only. */
  releaseByLink(id: number, key: string): Promise<Released>;
  /** Whether a link is good, and what it would release. */
  peek(id: number, key: string): Promise<store.HeldRow | undefined>;
  /** Daily list to everybody with new held mail; `hour` is the hour of day at the institution. */
  sendDigests(hour: number): Promise<number>;
  /** Everything held for an account that is gone for good. */
  removeAccount(tx: Tx, accountId: number): Promise<void>;
  sweep(): Promise<void>;
}

export interface QuarantineParts {
  db: Db;
  mail: Store;
  enqueue: Enqueue;
  addressBook: AddressBook;
  settings: Settings;
  sendSystemMail: SendSystemMail;
  clock: Clock;
  /** Signs the links of digests. */
  key: Buffer;
  /** Public origin of the web. */
  origin: () => string;
}

const SWEEP_BATCH = 1_000;

export function createQuarantine(parts: QuarantineParts): Quarantine {
  const { db, mail, enqueue, addressBook, settings, clock } = parts;

  async function sendDigest(accountId: number): Promise<boolean> {
    return transaction(db, async (tx) => {
      const rows = await store.takeUntold(tx, accountId, clock.now());
      const [first] = rows;
      if (!first) return false;
      const digest = composeDigest(rows, parts.origin(), parts.key);
      const key = `quarantine:${accountId}:${Math.max(...rows.map((row) => row.quarantine_id))}`;
      await parts.sendSystemMail(tx, { to: first.address, ...digest, key });
      return true;
    });
  }

  const quarantine: Quarantine = {
    async hold(message) {
      const { parsed } = message.body;
      const { days } = await settings.get('quarantine');
      const now = clock.now();
      await transaction(db, async (tx) => {
        await mail.registerBodies(tx, [message.body]);
        await store.insertHeld(tx, {
          ...message,
          author: authorOf(parsed.envelope.from),
          subject: parsed.subject.slice(0, 500),
          detail: message.detail.slice(0, 500),
          body_hash: message.body.hash,
          size_bytes: message.body.size,
          remote: message.remote ?? null,
          helo: message.helo ?? null,
          held_at: now,
          expires_at: new Date(now.getTime() + days * 86_400_000),
          recipients: message.recipients.flatMap(({ accountId, listId, shared, address }) => {
            const owner = accountId ?? (listId === undefined ? undefined : store.NOBODY);
            return owner === undefined ? [] : [{ accountId: owner, shared, address }];
          }),
        });
        await insertTrace(
          tx,
          message.recipients.map(({ address }) => ({
            sessionId: message.sessionId,
            sender: message.sender,
            address,
            event: 'quarantined',
            status: message.reason,
            detail: message.detail,
          })),
          now,
        );
      });
    },
    async release(tx, id) {
      const row = await store.findOne(tx, id);
      if (row?.state !== 'held') return false;
      const body = await mail.storedBody(tx, row.body_hash);
      const target = await addressBook.resolve(tx, row.address);
      if (!body || (target.kind !== 'account' && target.kind !== 'list') || target.state === 'deleted')
        return false;
      // Somebody else may have been quicker.
      if (!(await store.settleHeld(tx, id, 'released', clock.now()))) return false;
      await enqueue(tx, [
        {
          ref: newRef(),
          origin: 'mx',
          sender: row.sender,
          accountId: undefined,
          recipients: [
            {
              address: row.address,
              ...(target.kind === 'list'
                ? { accountId: undefined, listId: target.listId, shared: false }
                : { accountId: target.accountId, shared: target.accountKind === 'unit' }),
              notify: 'NEVER',
              orcpt: undefined,
            },
          ],
          body,
          smtputf8: row.smtputf8,
          eightBit: true,
          ret: undefined,
          envid: undefined,
          sessionId: row.ref,
          remote: row.remote ?? undefined,
          helo: row.helo ?? undefined,
          tls: undefined,
          key: `quarantine:${row.quarantine_id}`,
          deferLocal: true,
          header: row.header,
          authenticated: row.authenticated,
        },
      ]);
      return true;
    },
    async remove(tx, id) {
      return (await store.settleHeld(tx, id, 'deleted', clock.now())) !== undefined;
    },
    async peek(id, key) {
      const row = await store.findOne(db, id);
      if (row?.state !== 'held' || row.reason !== 'spam') return undefined;
      return sameBytes(Buffer.from(key), Buffer.from(releaseKey(parts.key, row))) ? row : undefined;
    },
    async releaseByLink(id, key) {
      const row = await quarantine.peek(id, key);
      if (!row) return 'gone';
      return (await transaction(db, (tx) => quarantine.release(tx, id))) ? 'released' : 'gone';
    },
    async sendDigests(hour) {
      const rules = await settings.get('quarantine');
      if (!rules.digest || rules.digestHour !== hour) return 0;
      let sent = 0;
      for (const accountId of await store.listUntold(db)) if (await sendDigest(accountId)) sent++;
      return sent;
    },
    async removeAccount(tx, accountId) {
      await store.deleteOf(tx, accountId);
    },
    async sweep() {
      while ((await store.deleteExpired(db, clock.now(), SWEEP_BATCH)) === SWEEP_BATCH);
    },
  };
  return quarantine;
}

function authorOf(from: readonly Address[]): string {
  const [first] = from.filter((address) => address.host !== null);
  return first ? addressOf(first).slice(0, 320) : '';
}
