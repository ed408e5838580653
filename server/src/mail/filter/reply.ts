import { createHash } from 'node:crypto';
import { newRef } from '../queue/index.ts';
import { isAddressed, whyNoReply } from './automatic.ts';
import { note, type Of, type PlanContext } from './context.ts';
import { FILTER_LIMITS } from './limits.ts';
import { type MailFrame, vacationMail } from './mails.ts';
import { countVacationSent, findVacationSent, saveVacationSent } from './memory.store.ts';
import { systemTransfer } from './outgoing.ts';

interface Identity {
  name: string;
  address: string;
}

/** Every address of the mailbox, lower case, with its name. */
export async function identitiesOf(context: PlanContext): Promise<Identity[]> {
  const { parts, db, recipient } = context;
  const senders = await parts.addressBook.senders(db, recipient.accountId);
  const own = senders.filter((sender) => sender.accountId === recipient.accountId);
  return own.length > 0 ? own : [{ name: '', address: recipient.address.replace(/\+[^@]*@/, '@') }];
}

/** Replies automatically where RFC 3834 and RFC 5230 allow it, once to each sender in the time that was set. */
export async function planVacation(context: PlanContext, action: Of<'vacation'>): Promise<void> {
  const { db, message, recipient, now, fields } = context;
  const no = (why: string) => note(context, 'no_reply', `no automatic reply: ${why}`);
  if (message.junk) return no('it is unwanted');
  if (message.origin === 'system' || message.origin === 'bounce') return no('it was sent by a program');
  const obstacle = whyNoReply(message.sender, fields);
  if (obstacle !== undefined) return no(obstacle);
  const identities = await identitiesOf(context);
  const own = new Set([
    ...identities.map((one) => one.address.toLowerCase()),
    recipient.address.toLowerCase(),
  ]);
  const sender = message.sender.toLowerCase();
  if (own.has(sender)) return no('it is from this mailbox');
  const named = new Set([...own, ...action.addresses.map((address) => address.toLowerCase())]);
  if (!isAddressed(fields, named)) return no('it does not name this mailbox');
  const key = createHash('sha256').update(`${action.handle}\0${sender}`).digest();
  const before = await findVacationSent(db, recipient.accountId, key);
  if (before && before.expiresAt > now) return no('the sender has had it');
  if (!before && (await countVacationSent(db, recipient.accountId)) >= FILTER_LIMITS.remembered)
    return no('too many replies are remembered');
  const transfer = await systemTransfer(context, {
    to: message.sender,
    bytes: vacationMail(action, frameOf(context, identities, action.from, message.sender)),
    // Two messages of one sender at the same moment agree on the key, so one reply is sent.
    key: `vacation ${key.toString('hex')} ${before?.sentAt.getTime() ?? 0}${action.seconds === 0 ? message.ref : ''}`,
  });
  if (!transfer) return no('its sender does not exist');
  context.outgoing.push(transfer);
  context.remember.push((tx) =>
    saveVacationSent(tx, recipient.accountId, key, now, new Date(now.getTime() + action.seconds * 1000)),
  );
  note(context, 'replied', `automatic reply to ${message.sender}`);
}

/** Who a message of the rules is from: `:from` when it is one of the mailbox's own, else the address that was written to. */
export function frameOf(
  context: PlanContext,
  identities: readonly Identity[],
  from: string | undefined,
  to: string,
): MailFrame {
  const { parts, recipient, now, fields } = context;
  const match = from === undefined ? undefined : /<([^<>]+)>\s*$/.exec(from);
  const asked = (match?.[1] ?? from ?? '').trim().toLowerCase();
  const chosen =
    identities.find((one) => one.address.toLowerCase() === asked) ??
    identities.find((one) => one.address.toLowerCase() === recipient.address.toLowerCase()) ??
    identities[0];
  const address = chosen?.address ?? recipient.address;
  const name =
    match && chosen?.address.toLowerCase() === asked
      ? (from ?? '')
          .slice(0, match.index)
          .replace(/^\s*"|"\s*$/g, '')
          .trim()
      : '';
  return {
    from: { name: name || (chosen?.name ?? ''), address },
    to,
    now,
    messageId: `${newRef()}@${parts.hostname}`,
    fields,
  };
}
