import type { Queryable, Tx } from '../../kit/db/index.ts';
import type { AddressBook, BookList, ListBook, ResolvedAddress } from '../ports.ts';
import { leaveFields } from './header.ts';
import { maySend, mustWait, needsProof, type Standing } from './policy.ts';
import type { ListDetail, ListTokens, MemberKey } from './tokens.ts';

/** Who sends, as far as it is known. */
export interface SenderFacts {
  /** The account that has signed in; undefined for mail from outside. */
  accountId: number | undefined;
  /** Envelope sender, empty for bounces. */
  sender: string;
}

export interface ListRefusal {
  code: number;
  status: string;
  text: string;
}

export interface Admission {
  listId: number;
  /** The sender is known by his address alone: a message that its domain disowns is not his. */
  byAddress: boolean;
}

export type MailLists = ReturnType<typeof createMailLists>;

/** What a distribution list says to a message, before anything is sent. */
export function createMailLists(parts: {
  book: ListBook;
  addressBook: Pick<AddressBook, 'resolve'>;
  tokens: ListTokens;
  /** Public origin, for links. */
  origin: () => string;
}) {
  const { book, tokens } = parts;

  async function standingOf(db: Queryable, list: BookList, facts: SenderFacts): Promise<Standing> {
    const accountIds = facts.accountId === undefined ? [] : [facts.accountId];
    const found = facts.sender === '' ? undefined : await parts.addressBook.resolve(db, facts.sender);
    // A unit mailbox that one writes as counts like oneself; without a sign-in an address of ours is only a claim.
    if (facts.accountId !== undefined && found?.kind === 'account') accountIds.push(found.accountId);
    const address = found?.kind === 'foreign' ? facts.sender.toLowerCase() : '';
    const who = { accountIds, address };
    const moderators = accountIds.length > 0 ? await book.moderators(db, list.id) : [];
    return {
      signedIn: accountIds.length > 0,
      member: await book.isMember(db, list.id, who),
      chosen: list.senders === 'chosen' && (await book.isChosen(db, list.id, who)),
      moderator: accountIds.some((id) => moderators.includes(id)),
      byAddress: accountIds.length === 0,
    };
  }

  return {
    book,
    tokens,

    /** RCPT: may this sender write to this address of a list? */
    async admit(
      db: Queryable,
      found: Extract<ResolvedAddress, { kind: 'list' }>,
      facts: SenderFacts,
    ): Promise<Admission | ListRefusal> {
      const { listId, address } = found;
      const detail = tokens.readDetail(listId, found.detail);
      if (!detail) return { code: 550, status: '5.1.1', text: `There is no mailbox ${address}` };
      if (detail.kind === 'bounce' || detail.kind === 'bounces')
        return facts.sender === ''
          ? { listId, byAddress: false }
          : { code: 550, status: '5.7.1', text: 'This address takes delivery reports only' };
      if (found.state === 'disabled')
        return { code: 550, status: '5.2.1', text: `The list ${address} is disabled` };
      if (detail.kind !== 'post') return { listId, byAddress: false };
      const list = await book.find(db, listId);
      if (!list) return { code: 550, status: '5.1.1', text: `There is no mailbox ${address}` };
      const refused = refusePost(list, facts);
      if (refused) return refused;
      const standing = await standingOf(db, list, facts);
      if (!maySend(list.senders, standing)) return notAllowed(list);
      return { listId, byAddress: needsProof(list.senders, standing) };
    },

    /** The runner, before it expands: the same again (a forward comes without RCPT), and whether a moderator is asked. */
    async judge(
      db: Queryable,
      list: BookList,
      facts: SenderFacts & { authenticated: boolean },
    ): Promise<{ refused: ListRefusal } | { wait: boolean }> {
      const refused = list.disabled
        ? { code: 550, status: '5.2.1', text: `The list ${list.address} is disabled` }
        : refusePost(list, facts);
      if (refused) return { refused };
      const standing = await standingOf(db, list, facts);
      if (!maySend(list.senders, standing)) return { refused: notAllowed(list) };
      const proven = facts.accountId !== undefined || facts.authenticated;
      return { wait: mustWait(list.moderation, standing, proven) };
    },

    detailOf(listId: number, address: string): ListDetail | undefined {
      const local = address.slice(0, address.lastIndexOf('@')).toLowerCase();
      const plus = local.indexOf('+');
      return tokens.readDetail(listId, plus < 0 ? undefined : local.slice(plus + 1));
    },

    /** Fields of one member: how he leaves. Empty where the list does not let go. */
    personalHeader(list: BookList, member: MemberKey): Buffer {
      if (!list.leavable) return Buffer.alloc(0);
      return Buffer.from(
        leaveFields({
          url: `${parts.origin()}/api/v1/lists/leave/${tokens.leaveToken(list.id, member)}`,
          mailto: own(list, tokens.leaveDetail(list.id, member)),
        }),
      );
    },

    /** Envelope sender for members here, and for one outside (VERP). */
    bounceAddress: (list: BookList, member?: MemberKey) =>
      own(list, member ? tokens.bounceDetail(list.id, member) : 'bounces'),

    /** Takes a member off, also where a unit or a nested list names him. */
    async leave(tx: Tx, listId: number, member: MemberKey): Promise<'left' | 'not_allowed' | 'unknown'> {
      const list = await book.find(tx, listId);
      if (!list) return 'unknown';
      if (!list.leavable) return 'not_allowed';
      if ('accountId' in member) {
        await book.leave(tx, listId, member);
        return 'left';
      }
      const entry = await book.outsideEntry(tx, member.entryId);
      // His row has gone with the first click; the second one says the same.
      if (entry) await book.leave(tx, listId, { address: entry.address });
      return 'left';
    },
  };
}

function own(list: BookList, detail: string): string {
  return list.address.replace('@', `+${detail}@`);
}

/** Reports and automatic answers have no sender: a list must never send them round. */
function refusePost(list: BookList, facts: SenderFacts): ListRefusal | undefined {
  if (facts.sender !== '') return undefined;
  return { code: 550, status: '5.7.1', text: `The list ${list.address} takes no mail without a sender` };
}

function notAllowed(list: BookList): ListRefusal {
  return { code: 550, status: '5.7.1', text: `You may not send to the list ${list.address}` };
}
