import { decodeWords } from '../protocol/mime/index.ts';
import { NOTIFY_SCHEME, parseMailto } from '../protocol/sieve/index.ts';
import { note, type Of, type PlanContext } from './context.ts';
import { notifyMail } from './mails.ts';
import { systemTransfer } from './outgoing.ts';
import { frameOf, identitiesOf } from './reply.ts';

const MAX_TEXT = 300;

/** notify (RFC 5435): by mail, or by the product's own ways. A notification never causes another one. */
export async function planNotify(context: PlanContext, action: Of<'notify'>): Promise<void> {
  const { message, fields, recipient, parts, db } = context;
  const value = (name: string) =>
    decodeWords(fields.find((field) => field.name === name)?.value ?? '').slice(0, MAX_TEXT);
  if (
    message.junk ||
    /^auto-(?:notified|replied)/i.test(value('auto-submitted')) ||
    message.origin === 'system'
  ) {
    note(context, 'not_notified', 'the message is automatic or unwanted itself');
    return;
  }
  if (action.method.toLowerCase() === NOTIFY_SCHEME) {
    context.remember.push((tx) =>
      parts.tell(tx, {
        accountId: recipient.accountId,
        template: 'mail_notice',
        params: {
          from: value('from'),
          subject: value('subject'),
          text: (action.message ?? '').slice(0, MAX_TEXT),
        },
        key: `mail_notice ${message.ref} ${recipient.accountId}`,
      }),
    );
    note(context, 'notified', NOTIFY_SCHEME);
    return;
  }
  const mailto = parseMailto(action.method);
  if (!mailto) return;
  const identities = await identitiesOf(context);
  const outside = await parts.mayForwardOutside(db, recipient.accountId);
  for (const to of mailto.to) {
    const target = await parts.addressBook.resolve(db, to);
    const self = target.kind === 'account' && target.accountId === recipient.accountId;
    if (self || (target.kind === 'foreign' && !outside)) {
      note(
        context,
        'not_notified',
        `${to}: ${self ? 'it is this mailbox' : 'mail may not be sent outside by rules'}`,
      );
      continue;
    }
    const frame = frameOf(context, identities, action.from, to);
    const bytes = notifyMail(action, mailto.fields, {
      ...frame,
      owner: frame.from.address,
      allTo: mailto.to,
    });
    const transfer = await systemTransfer(context, { to, bytes, key: `notify ${message.ref} ${to}` });
    if (transfer) context.outgoing.push(transfer);
    note(context, 'notified', to);
  }
}
