import { isDatabaseUnavailable, transaction } from '../../kit/db/index.ts';
import {
  findHeldOf,
  HOLD_MS,
  hasBeenHere,
  heldNotice,
  insertHeld,
  type ListRefusal,
  type MemberKey,
  readFailure,
} from '../lists/index.ts';
import type { BookList } from '../ports.ts';
import { addressesText, type MimePart } from '../protocol/mime/index.ts';
import type { StoredBody } from '../store/index.ts';
import { createExpansion, type ExpansionParts } from './list-expansion.ts';
import { postponeRecipient } from './list-run.store.ts';
import { outcome } from './outcomes.ts';
import { settleRecipients } from './queue.store.ts';
import { newRef } from './ref.ts';
import { type Settle, traceClaimed } from './settle.ts';
import type { SendSystemMail } from './system-mail.ts';
import type { Claimed, EnvelopeRecipient } from './types.ts';

export interface ListMailParts extends ExpansionParts {
  settle: Settle;
  sendSystemMail: SendSystemMail;
  /** Public origin, for links. */
  origin: () => string;
}

/** A report longer than this is somebody's prank. */
const MAX_REPORT = 64 * 1024;

/** What becomes of mail whose recipient is a list or an address of one. */
export function createListMail(parts: ListMailParts, stopped: () => boolean) {
  const { db, store, lists, clock } = parts;
  const { book } = lists;
  const expand = createExpansion(parts, stopped);

  async function handle(one: Claimed): Promise<void> {
    const list = one.listId === undefined ? undefined : await book.find(db, one.listId);
    const body = await store.storedBody(db, one.bodyHash);
    const detail = list && lists.detailOf(list.id, one.address);
    if (!list || !detail) return refuse(one, '5.1.1', 'there is no such list any more', true);
    if (!body) return refuse(one, '5.3.0', 'the message has gone', true);
    switch (detail.kind) {
      case 'post':
        return post(one, list, body);
      case 'bounce':
        return bounce(one, list, detail.member, body);
      case 'bounces':
        return done(one, 'a report about a member here');
      case 'leave':
        return leave(one, list, detail.member);
      case 'owner':
        return toOwners(one, list, body);
    }
  }

  async function post(one: Claimed, list: BookList, body: StoredBody): Promise<void> {
    if (hasBeenHere(body.parsed.header, list.address))
      return refuse(one, '5.4.6', `the message has been through ${list.address} already`, false);
    const held = await findHeldOf(db, one.recipientId);
    if (held?.state === 'released') return expand(one, list, body);
    if (held?.state === 'rejected')
      return refuse(
        one,
        '5.7.1',
        held.reason ?? 'the moderator of the list did not release the message',
        true,
      );
    if (held) return waitOn(one, held.created_at);
    const judged = await lists.judge(db, list, {
      accountId: one.submitter,
      sender: one.sender,
      authenticated: one.authenticated,
    });
    if ('refused' in judged) return refuseSender(one, judged.refused);
    return judged.wait ? hold(one, list, body) : expand(one, list, body);
  }

  /** Who is told must be the one who sent it: an unproven sender may be anybody's address. */
  async function refuseSender(one: Claimed, refusal: ListRefusal): Promise<void> {
    const proven = one.submitter !== undefined || one.authenticated;
    await refuse(one, refusal.status, refusal.text, proven);
  }

  async function refuse(one: Claimed, status: string, reply: string, tell: boolean): Promise<void> {
    await parts.settle([
      {
        one: tell ? one : { ...one, notify: 'NEVER' },
        verdict: { kind: 'failed', status, reply, remote: '' },
      },
    ]);
  }

  async function waitOn(one: Claimed, since: Date): Promise<void> {
    const until = new Date(since.getTime() + HOLD_MS);
    if (until > clock.now()) return postponeRecipient(db, one.recipientId, until);
    await refuse(one, '5.7.1', 'nobody released the message in time', true);
  }

  /** Held until a moderator decides; the message, the row and the notices go in together. */
  async function hold(one: Claimed, list: BookList, body: StoredBody): Promise<void> {
    const { parsed } = body;
    const now = clock.now();
    const shown = {
      author: addressesText(parsed.envelope.from).slice(0, 300) || one.sender,
      subject: parsed.subject.slice(0, 500),
      preview: parsed.preview,
    };
    const moderators = await book.moderators(db, list.id);
    const accounts = await parts.addressBook.accounts(db, moderators);
    await transaction(db, async (tx) => {
      const heldId = await insertHeld(tx, {
        listId: list.id,
        recipientId: one.recipientId,
        ref: one.ref,
        sender: one.sender,
        ...shown,
        size: one.size,
        now,
      });
      if (heldId === undefined) return;
      await postponeRecipient(tx, one.recipientId, new Date(now.getTime() + HOLD_MS));
      await traceClaimed(
        tx,
        [{ one, event: 'held', status: '4.7.0', detail: `${list.address}: waits for a moderator` }],
        now,
      );
      const link = (moderator: number, act: 'release' | 'reject') =>
        `${parts.origin()}/api/v1/lists/moderate/${lists.tokens.heldToken(heldId, moderator, act)}`;
      for (const { accountId, address } of accounts) {
        const links = {
          release: link(accountId, 'release'),
          reject: link(accountId, 'reject'),
          page: `${parts.origin()}/mail/moderation`,
        };
        const notice = heldNotice(list, shown, links);
        await parts.sendSystemMail(tx, { ...notice, to: address, key: `list-held ${heldId} ${accountId}` });
      }
    });
  }

  /** A failure at an address outside counts against it; anything else that comes back does not. */
  async function bounce(one: Claimed, list: BookList, member: MemberKey, body: StoredBody): Promise<void> {
    const report = 'entryId' in member ? readFailure(await reportText(body)) : undefined;
    const entry = 'entryId' in member ? await book.outsideEntry(db, member.entryId) : undefined;
    if (!report || !entry) return done(one, 'not a report of a failure');
    await settleWith(one, async (tx) => {
      const suspended = await book.countBounce(tx, {
        listId: entry.list_id,
        address: entry.address,
        limit: list.bounceLimit,
        // A full mailbox fails with every message of a busy day; an address that is not there need not.
        daily: !report.deadAddress,
      });
      return suspended
        ? `${entry.address} gets no more mail of the list`
        : `counted against ${entry.address}`;
    });
  }

  async function reportText(body: StoredBody): Promise<string> {
    const part = findStatus(body.parsed.structure);
    if (!part) return '';
    const pieces: Buffer[] = [];
    let at = 0;
    const end = Math.min(part.end, part.start + MAX_REPORT);
    for await (const piece of body.data ? [body.data] : store.readBody(body)) {
      if (at + piece.length > part.start)
        pieces.push(piece.subarray(Math.max(0, part.start - at), Math.max(0, end - at)));
      at += piece.length;
      if (at >= end) break;
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  async function leave(one: Claimed, list: BookList, member: MemberKey): Promise<void> {
    await settleWith(one, async (tx) => {
      const result = await lists.leave(tx, list.id, member);
      return result === 'left' ? 'has left the list' : 'the list does not let its members leave';
    });
  }

  /** To the owners, else the moderators, else whoever gets postmaster's mail. */
  async function toOwners(one: Claimed, list: BookList, body: StoredBody): Promise<void> {
    const owners = await book.owners(db, list.id);
    const ids = owners.length > 0 ? owners : await book.moderators(db, list.id);
    let recipients: EnvelopeRecipient[] = (await parts.addressBook.accounts(db, ids)).map(
      ({ accountId, address }) => ({ address, accountId, shared: false, notify: 'NEVER', orcpt: undefined }),
    );
    if (recipients.length === 0) {
      const address = list.address.replace(/^[^@]*/, 'postmaster');
      const found = await parts.addressBook.resolve(db, address);
      if (found.kind === 'account')
        recipients = [
          { address, accountId: found.accountId, shared: false, notify: 'NEVER', orcpt: undefined },
        ];
    }
    await settleWith(one, async (tx) => {
      if (recipients.length > 0)
        await parts.enqueue(tx, [
          {
            ref: newRef(),
            cause: one.ref,
            origin: one.origin,
            sender: one.sender,
            accountId: undefined,
            recipients,
            body,
            smtputf8: one.smtputf8,
            eightBit: one.eightBit,
            ret: one.ret,
            envid: undefined,
            sessionId: undefined,
            remote: one.remote,
            helo: one.helo,
            tls: undefined,
            header: one.header,
            junk: one.junk,
            authenticated: one.authenticated,
            deferLocal: true,
          },
        ]);
      return `given to ${recipients.length} owners of ${list.address}`;
    });
  }

  async function done(one: Claimed, detail: string): Promise<void> {
    await settleWith(one, async () => detail);
  }

  /** The act and the end of the recipient's row in one transaction; `act` says what the trace tells. */
  async function settleWith(
    one: Claimed,
    act: (tx: Parameters<typeof traceClaimed>[0]) => Promise<string>,
  ): Promise<void> {
    await transaction(db, async (tx) => {
      const now = clock.now();
      const ended = outcome(one, 'delivered', now, '2.0.0', 'taken by the list', undefined);
      if ((await settleRecipients(tx, [ended], now)).size === 0) return;
      const detail = await act(tx);
      await traceClaimed(tx, [{ one, event: 'delivered', status: '2.0.0', detail }], now);
    });
  }

  return async (one: Claimed): Promise<void> => {
    try {
      await handle(one);
    } catch (error) {
      // The database's trouble passes, and the claim lapses by itself.
      if (isDatabaseUnavailable(error)) throw error;
      parts.log.error(
        { err: error, ref: one.ref, listId: one.listId },
        'mail to a list could not be handled',
      );
      await parts.settle([
        { one, verdict: { kind: 'deferred', status: '4.3.0', reply: 'internal error', remote: '' } },
      ]);
    }
  };
}

function findStatus(part: MimePart): MimePart | undefined {
  if (part.type === 'message' && part.subtype === 'delivery-status') return part;
  for (const child of part.parts ?? []) {
    const found = findStatus(child);
    if (found) return found;
  }
  return undefined;
}
