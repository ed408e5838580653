import { createHmac, timingSafeEqual } from 'node:crypto';

/** A member as tokens name him: an account here, or an entry with an address outside. */
export type MemberKey = { accountId: number } | { entryId: number };

/** What stands behind the plus sign of a list's own addresses. */
export type ListDetail =
  /** Mail to the list itself. */
  | { kind: 'post' }
  /** Bounces of what went to one outside address (VERP). */
  | { kind: 'bounce'; member: MemberKey }
  /** Bounces of what went to members here: nobody's. */
  | { kind: 'bounces' }
  /** Mail that takes one member off the list. */
  | { kind: 'leave'; member: MemberKey }
  /** The people behind the list. */
  | { kind: 'owner' };

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** 50 bits: guessing goes over the network, a message or a request a try. */
const SHORT = 10;
const LONG = 24;

export interface ListTokens {
  /** `b-x12-…`: goes behind the list's name and a plus sign. */
  bounceDetail(listId: number, member: MemberKey): string;
  leaveDetail(listId: number, member: MemberKey): string;
  /** Undefined when it is none of ours, or forged. */
  readDetail(listId: number, detail: string | undefined): ListDetail | undefined;
  /** For links: who leaves which list. */
  leaveToken(listId: number, member: MemberKey): string;
  readLeave(token: string): { listId: number; member: MemberKey } | undefined;
  /** For links in mail to a moderator: one message, one moderator, one act. */
  heldToken(heldId: number, moderatorId: number, act: HeldAct): string;
  readHeld(token: string): { heldId: number; moderatorId: number; act: HeldAct } | undefined;
}

export type HeldAct = 'release' | 'reject';

/** `key` is the same in every process and stays, for links live as long as the mail they stand in. */
export function createListTokens(key: Buffer): ListTokens {
  /** Case does not survive all mail servers, so there is none. */
  const mac = (text: string, length: number) =>
    [...createHmac('sha256', key).update(text).digest().subarray(0, length)]
      .map((byte) => ALPHABET[byte & 31])
      .join('');
  const same = (given: string, wanted: string) =>
    given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
  const detail = (letter: 'b' | 'u', listId: number, member: MemberKey) => {
    const who = nameOf(member);
    return `${letter}-${who}-${mac(`${letter} ${listId} ${who}`, SHORT)}`;
  };
  const signed = (text: string) => `${text}-${mac(text, LONG)}`;
  const unsigned = (token: string): string[] | undefined => {
    const at = token.lastIndexOf('-');
    const text = token.slice(0, Math.max(at, 0));
    return same(token.slice(at + 1), mac(text, LONG)) ? text.split('-') : undefined;
  };

  return {
    bounceDetail: (listId, member) => detail('b', listId, member),
    leaveDetail: (listId, member) => detail('u', listId, member),
    readDetail(listId, text) {
      if (text === undefined) return { kind: 'post' };
      if (text === 'bounces') return { kind: 'bounces' };
      if (text === 'owner') return { kind: 'owner' };
      const [, letter, who = ''] = /^([bu])-([ax]\d{1,15})-[a-z2-7]+$/.exec(text) ?? [];
      const member = memberOf(who);
      if (!member || (letter !== 'b' && letter !== 'u') || !same(text, detail(letter, listId, member)))
        return undefined;
      return { kind: letter === 'b' ? 'bounce' : 'leave', member };
    },
    leaveToken: (listId, member) => signed(`l${listId}-${nameOf(member)}`),
    readLeave(token) {
      const [list = '', who = '', ...more] = unsigned(token) ?? [];
      const listId = /^l(\d{1,15})$/.exec(list)?.[1];
      const member = memberOf(who);
      return listId && member && more.length === 0 ? { listId: Number(listId), member } : undefined;
    },
    heldToken: (heldId, moderatorId, act) => signed(`h${heldId}-${moderatorId}-${act}`),
    readHeld(token) {
      const [held = '', moderator = '', act, ...more] = unsigned(token) ?? [];
      const heldId = /^h(\d{1,15})$/.exec(held)?.[1];
      if (!heldId || !/^\d{1,15}$/.test(moderator) || more.length > 0) return undefined;
      if (act !== 'release' && act !== 'reject') return undefined;
      return { heldId: Number(heldId), moderatorId: Number(moderator), act };
    },
  };
}

function nameOf(member: MemberKey): string {
  return 'accountId' in member ? `a${member.accountId}` : `x${member.entryId}`;
}

function memberOf(name: string): MemberKey | undefined {
  const id = Number(name.slice(1));
  if (!/^[ax]\d{1,15}$/.test(name)) return undefined;
  return name.startsWith('a') ? { accountId: id } : { entryId: id };
}
