import type { Clock } from '../../kit/clock/index.ts';
import type { Tx } from '../../kit/db/index.ts';
import type { AddressBook } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { compose, mailbox, type Part } from './compose.ts';
import type { Enqueue } from './enqueue.ts';
import { newRef } from './ref.ts';

export interface SystemMail {
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** The same key is sent once, however often it is asked for. */
  key: string;
}

export type SendSystemMail = (tx: Tx, mail: SystemMail) => Promise<void>;

/**
 * Mail from the system to a person. Enqueued in the caller's transaction, delivered right after its commit; the
 * envelope sender is empty, so nothing ever answers it.
 */
export function createSystemMail(parts: {
  store: Store;
  enqueue: Enqueue;
  addressBook: AddressBook;
  clock: Clock;
  hostname: string;
  /** Shown as the sender's name. */
  senderName: string;
}): SendSystemMail {
  const { store, enqueue, addressBook, clock, hostname } = parts;
  return async (tx, mail) => {
    const target = await addressBook.resolve(tx, mail.to);
    if (target.kind === 'unknown' || (target.kind === 'account' && target.state === 'deleted')) return;
    const [domain = hostname] = await addressBook.domains(tx);
    const ref = newRef();
    const text: Part = { type: 'text/plain; charset=utf-8', content: mail.text.replace(/\r?\n/g, '\r\n') };
    const writer = store.newBody();
    await writer.write(
      compose({
        from: mailbox(parts.senderName, `postmaster@${domain}`),
        to: `<${mail.to}>`,
        subject: mail.subject,
        date: clock.now(),
        messageId: `${ref}@${hostname}`,
        extra: [['Auto-Submitted', 'auto-generated']],
        ...(mail.html === undefined
          ? { parts: [text] }
          : { kind: 'alternative', parts: [text, { type: 'text/html; charset=utf-8', content: mail.html }] }),
      }),
    );
    await enqueue(tx, [
      {
        ref,
        origin: 'system',
        sender: '',
        accountId: undefined,
        recipients: [
          {
            address: mail.to,
            accountId: target.kind === 'account' ? target.accountId : undefined,
            shared: target.kind === 'account' && target.accountKind === 'unit',
            ...(target.kind === 'list' ? { listId: target.listId } : {}),
            notify: 'NEVER',
            orcpt: undefined,
          },
        ],
        body: await writer.finish(),
        smtputf8: false,
        eightBit: false,
        ret: undefined,
        envid: undefined,
        sessionId: undefined,
        remote: undefined,
        helo: undefined,
        tls: undefined,
        key: mail.key,
        // The caller's transaction holds locks of its own; a mailbox's lock is not taken on top.
        deferLocal: true,
      },
    ]);
  };
}
