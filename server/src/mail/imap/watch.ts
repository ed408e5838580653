import type { Signals } from '../../kit/events/index.ts';

/** Listens for hints that a mailbox of an account may have changed; returns how to stop. */
export type WatchMailbox = (accountId: number, mailboxId: number, listener: () => void) => () => void;

/** Stands for every mailbox of an account. */
export const EVERY_MAILBOX = 0;

/**
 * One subscription to the `mail` signals for all sessions of the process, handed out by mailbox.
 * Payload: `accountId:modseq:mailboxId`; an empty mailbox id speaks of the whole account, no payload of everything.
 */
export function createWatch(signals: Signals): { watch: WatchMailbox; stop: () => void } {
  const byAccount = new Map<number, Map<number, Set<() => void>>>();

  const stop = signals.on('mail', (payload) => {
    if (payload === undefined) {
      for (const mailboxes of byAccount.values()) ringAll(mailboxes);
      return;
    }
    const [account, , mailbox] = payload.split(':');
    const mailboxes = byAccount.get(Number(account));
    if (!mailboxes) return;
    if (!mailbox) ringAll(mailboxes);
    else {
      for (const id of [Number(mailbox), EVERY_MAILBOX])
        for (const listener of mailboxes.get(id) ?? []) listener();
    }
  });

  return {
    stop,
    watch(accountId, mailboxId, listener) {
      const mailboxes = byAccount.get(accountId) ?? new Map<number, Set<() => void>>();
      byAccount.set(accountId, mailboxes);
      const listeners = mailboxes.get(mailboxId) ?? new Set();
      mailboxes.set(mailboxId, listeners);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) mailboxes.delete(mailboxId);
        if (mailboxes.size === 0) byAccount.delete(accountId);
      };
    },
  };
}

function ringAll(mailboxes: Map<number, Set<() => void>>): void {
  for (const listeners of mailboxes.values()) for (const listener of listeners) listener();
}
