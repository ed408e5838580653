import type { ListSettings } from '@hongyan/contract';

/** How a sender stands to a list. */
export interface Standing {
  /** Has signed in with an account here. */
  signedIn: boolean;
  member: boolean;
  chosen: boolean;
  /** Moderates or owns the list. */
  moderator: boolean;
  /** Known by an address alone, which anybody can write into MAIL FROM. */
  byAddress: boolean;
}

/** ADM-5: who may send. */
export function maySend(senders: ListSettings['senders'], standing: Standing): boolean {
  if (standing.moderator) return true;
  switch (senders) {
    case 'anybody':
      return true;
    case 'institution':
      return standing.signedIn;
    case 'members':
      return standing.member;
    case 'chosen':
      return standing.chosen;
  }
}

/** Does the message wait for a moderator? `proven`: the sender's domain vouches for it, or he has signed in. */
export function mustWait(
  moderation: ListSettings['moderation'],
  standing: Standing,
  proven: boolean,
): boolean {
  if (moderation === 'none' || standing.moderator) return false;
  if (moderation === 'all') return true;
  return !standing.member || (standing.byAddress && !proven);
}

/** Is the sender's standing only as good as his address? Then a forged one must not pass. */
export function needsProof(senders: ListSettings['senders'], standing: Standing): boolean {
  return senders !== 'anybody' && standing.byAddress && !standing.moderator;
}
