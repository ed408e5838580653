import { decodeWords, type HeaderField } from '../protocol/mime/index.ts';
import type { Notify, Vacation } from '../protocol/sieve/index.ts';
import { compose, field, mailbox, type Part } from '../queue/index.ts';

export interface MailFrame {
  /** Header From. */
  from: { name: string; address: string };
  to: string;
  now: Date;
  /** Without brackets. */
  messageId: string;
  /** Of the message that is answered. */
  fields: readonly HeaderField[];
}

const MAX_SUBJECT = 250;

function headerValue(fields: readonly HeaderField[], name: string): string {
  return fields.find((one) => one.name === name)?.value ?? '';
}

function threadFields(fields: readonly HeaderField[]): [string, string][] {
  const id = /<[^<>\s]{1,500}>/.exec(headerValue(fields, 'message-id'))?.[0];
  if (id === undefined) return [];
  const before = [...headerValue(fields, 'references').matchAll(/<[^<>\s]{1,500}>/g)]
    .map((match) => match[0])
    .slice(-20);
  return [
    ['In-Reply-To', id],
    ['References', [...before, id].join('\r\n ')],
  ];
}

const plain = (text: string): Part => ({
  type: 'text/plain; charset=utf-8',
  content: text.replace(/\r?\n/g, '\r\n'),
});

/** An automatic reply (RFC 5230 §4.2 and §5, RFC 3834 §3). */
export function vacationMail(action: Vacation, frame: MailFrame): Buffer {
  const before = decodeWords(headerValue(frame.fields, 'subject')).slice(0, MAX_SUBJECT);
  const subject = (action.subject ?? `自动回复 Auto: ${before}`).slice(0, MAX_SUBJECT);
  const extra: [string, string][] = [
    ...threadFields(frame.fields),
    ['Auto-Submitted', 'auto-replied (vacation)'],
    ['X-Auto-Response-Suppress', 'All'],
  ];
  if (!action.mime)
    return compose({
      from: mailbox(frame.from.name, frame.from.address),
      to: `<${frame.to}>`,
      subject,
      date: frame.now,
      messageId: frame.messageId,
      extra,
      parts: [plain(action.reason)],
    });
  const whole = compose({
    from: mailbox(frame.from.name, frame.from.address),
    to: `<${frame.to}>`,
    subject,
    date: frame.now,
    messageId: frame.messageId,
    extra,
    parts: [],
    kind: 'mixed',
  });
  return Buffer.concat([withoutContent(whole), mimeEntity(action.reason)]);
}

/** The header up to the place where the content's own fields begin. */
function withoutContent(whole: Buffer): Buffer {
  const at = whole.indexOf('Content-Type: multipart/mixed');
  return whole.subarray(0, at < 0 ? whole.length : at);
}

/** `:mime`: fields of the content, an empty line, the content (RFC 5230 §4.3). Other fields would be forged ones. */
function mimeEntity(reason: string): Buffer {
  const text = reason.replace(/\r?\n/g, '\r\n');
  const split = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n') + 2;
  if (split < 2 && !text.startsWith('\r\n'))
    return Buffer.from(`Content-Type: text/plain; charset=utf-8\r\n\r\n${text}`);
  const header = text.slice(0, split);
  const kept = header.split(/\r\n(?![ \t])/).filter((line) => /^content-[a-z-]+[ \t]*:/i.test(line));
  return Buffer.from(`${kept.map((line) => `${line}\r\n`).join('')}${text.slice(split)}`);
}

/** A notification by mail (RFC 5436 §2). */
export function notifyMail(
  action: Notify,
  uriFields: readonly [string, string][],
  frame: MailFrame & { owner: string; allTo: readonly string[] },
): Buffer {
  const given = new Map(uriFields);
  const before = decodeWords(headerValue(frame.fields, 'subject')).slice(0, MAX_SUBJECT);
  const from = decodeWords(headerValue(frame.fields, 'from')).slice(0, MAX_SUBJECT);
  const subject = (action.message ?? given.get('subject') ?? `新邮件 New mail: ${before}`).slice(
    0,
    MAX_SUBJECT,
  );
  const others = uriFields.filter(([name]) => name !== 'subject' && name !== 'body');
  const importance = action.importance === '1' ? 'high' : action.importance === '3' ? 'low' : undefined;
  const head = compose({
    from: mailbox(frame.from.name, frame.from.address),
    to: frame.allTo.map((address) => `<${address}>`).join(', '),
    subject,
    date: frame.now,
    messageId: frame.messageId,
    extra: [
      ['Auto-Submitted', `auto-notified; owner-email="${frame.owner.replace(/["\\]/g, '')}"`],
      ...(importance === undefined ? [] : ([['Importance', importance]] as [string, string][])),
    ],
    parts: [plain(given.get('body') ?? `${from}\n${before}\n`)],
  });
  return Buffer.concat([
    ...others.slice(0, 20).map(([name, value]) => Buffer.from(field(name, value))),
    head,
  ]);
}

/** A rejection after our 250: RFC 5429 §2.2.1 as a delivery status report. */
export function rejectionMail(reason: string, recipient: string, hostname: string, frame: MailFrame): Buffer {
  const header = frame.fields
    .slice(0, 60)
    .map((one) => field(one.name, decodeWords(one.value).slice(0, 500)))
    .join('');
  return compose({
    from: mailbox(frame.from.name, frame.from.address),
    to: `<${frame.to}>`,
    subject: '邮件被收件人拒收 Message rejected by the recipient',
    date: frame.now,
    messageId: frame.messageId,
    extra: [...threadFields(frame.fields), ['Auto-Submitted', 'auto-replied']],
    kind: 'report; report-type=delivery-status',
    parts: [
      plain(
        `收件人 ${recipient} 的规则拒收了您的邮件：\nYour message was rejected by the rules of ${recipient}:\n\n${reason}\n`,
      ),
      {
        type: 'message/delivery-status',
        plain: true,
        content: `Reporting-MTA: dns; ${hostname}\r\n\r\nFinal-Recipient: rfc822; ${recipient}\r\nAction: failed\r\nStatus: 5.7.1\r\n`,
      },
      { type: 'text/rfc822-headers; charset=utf-8', plain: true, content: header },
    ],
  });
}
