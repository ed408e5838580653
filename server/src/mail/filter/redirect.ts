import type { AddressBook } from '../ports.ts';
import { note, type Of, type PlanContext } from './context.ts';
import { FILTER_LIMITS } from './limits.ts';
import { editedBody } from './message.ts';
import { bare } from './outgoing.ts';

type Resolved = Awaited<ReturnType<AddressBook['resolve']>>;

/** Sends the message on with its sender (RFC 5228 §4.2, §10); when that is not possible the message is kept. */
export async function planRedirect(context: PlanContext, action: Of<'redirect'>): Promise<void> {
  const { parts, db, message, recipient } = context;
  const target = await parts.addressBook.resolve(db, action.address);
  const obstacle = await whyNot(context, target, action.address);
  if (obstacle !== undefined) {
    context.keepAfterAll = true;
    note(context, 'rules_kept', `not sent on to ${action.address}: ${obstacle}`);
    return;
  }
  const sender = target.kind === 'foreign' ? await senderOutside(context) : message.sender;
  const body = action.fields ? await editedBody(parts.store, message, action.fields) : undefined;
  context.outgoing.push({
    ...bare(context, action.address, target, `redirect ${message.ref} ${action.address}`, undefined),
    origin: message.origin,
    sender,
    body: body ?? message.body,
    smtputf8: /[^\x00-\x7f]/.test(action.address + sender),
    eightBit: true,
    // Comes back to us with this line: then it is a loop.
    header: Buffer.concat([Buffer.from(`Delivered-To: ${recipient.address}\r\n`), message.header]),
    junk: message.junk,
    authenticated: message.authenticated,
  });
  note(context, 'redirected', `${action.address}${sender === message.sender ? '' : `, sender ${sender}`}`);
}

async function whyNot(context: PlanContext, target: Resolved, address: string): Promise<string | undefined> {
  const { parts, db, recipient, fields } = context;
  if (target.kind === 'unknown') return 'there is no such mailbox';
  if (target.kind === 'account' && target.accountId === recipient.accountId) return 'it is this mailbox';
  if (target.kind === 'account' && target.state !== 'active') return 'the mailbox is disabled';
  if (target.kind === 'list' && target.state !== 'active') return 'the list is disabled';
  if (fields.filter((field) => field.name === 'received').length > FILTER_LIMITS.hops)
    return 'it has come too far';
  const wasHere = (name: string) =>
    fields.some(
      (field) => field.name === name && field.value.toLowerCase() === recipient.address.toLowerCase(),
    );
  if (wasHere('delivered-to')) return 'it has been here before';
  if (target.kind === 'foreign' && !(await parts.mayForwardOutside(db, recipient.accountId)))
    return `mail may not be forwarded outside (${address})`;
  return undefined;
}

/** Mail of strangers leaves under an address of ours (SRS), since their SPF does not name us. */
async function senderOutside(context: PlanContext): Promise<string> {
  const { parts, db, message, recipient, now } = context;
  if (message.sender === '') return '';
  const domains = await parts.addressBook.domains(db);
  const host = message.sender.slice(message.sender.lastIndexOf('@') + 1).toLowerCase();
  if (domains.includes(host)) return message.sender;
  // Too long to be rewritten: then the bounces are ours.
  return parts.srs(domains[0] ?? parts.hostname).forward(message.sender, now) ?? recipient.address;
}
