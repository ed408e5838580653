import { note, type Of, type PlanContext } from './context.ts';
import { rejectionMail } from './mails.ts';
import { systemTransfer } from './outgoing.ts';

/** The reason in an SMTP answer: one line, ASCII, as long as a line may be (RFC 5429 §2.1.1). */
const MAX_REPLY = 400;

/**
 * Refuses the message: 550 while the sender's server is still there. For when that is not possible a rejection by mail
 * lies ready, if the sender is proven; else the message is kept, for a forged sender must not be bothered.
 */
export async function planReject(context: PlanContext, action: Of<'reject'>): Promise<void> {
  const { message, recipient, parts } = context;
  const line = action.reason.replace(/\s+/g, ' ').trim();
  const ascii = /^[\x20-\x7e]+$/.test(line);
  context.refuse = {
    code: 550,
    status: '5.7.1',
    text: ascii ? line.slice(0, MAX_REPLY) : 'The recipient refuses this message',
  };
  note(context, 'rejected', line);
  if (!message.authenticated || message.sender === '' || message.origin === 'bounce') return;
  const frame = {
    from: {
      name: '邮件系统 Mail Delivery System',
      address: `postmaster@${recipient.address.split('@')[1] ?? parts.hostname}`,
    },
    to: message.sender,
    now: context.now,
    messageId: `reject.${message.ref}.${recipient.accountId}@${parts.hostname}`,
    fields: context.fields,
  };
  const transfer = await systemTransfer(context, {
    to: message.sender,
    bytes: rejectionMail(action.reason, recipient.address, parts.hostname, frame),
    key: `reject ${message.ref}`,
  });
  if (transfer) context.outgoing.push(transfer);
}
