import { formatDate } from '../protocol/mime/index.ts';
import { encodeXtext } from '../protocol/smtp/index.ts';
import { compose, mailbox, type Part } from './compose.ts';
import type { Claimed } from './types.ts';

export interface Report {
  action: 'failed' | 'delayed' | 'relayed' | 'delivered';
  recipient: Claimed;
  status: string;
  reply: string;
  remote: string | undefined;
}

/** A returned header block is cut here. */
const MAX_RETURNED = 32_768;

/**
 * Does the sender want to hear of this (RFC 3461 §4.1)? Bounces have no sender, so a bounce is never bounced;
 * success is told only when asked for.
 */
export function wantsReport(recipient: Claimed, action: Report['action']): boolean {
  if (recipient.sender === '' || recipient.origin === 'bounce') return false;
  const notify = recipient.notify?.toUpperCase();
  if (notify === 'NEVER') return false;
  const wanted = new Set((notify ?? 'FAILURE,DELAY').split(','));
  if (action === 'failed') return wanted.has('FAILURE');
  if (action === 'delayed') return wanted.has('DELAY');
  return wanted.has('SUCCESS');
}

/** A delivery status notification in Chinese and English (RFC 3464, 6522) on one transfer's recipients. */
export function composeReport(input: {
  reports: readonly Report[];
  hostname: string;
  domain: string;
  now: Date;
  header: Buffer;
  ref: string;
}): Buffer {
  const { reports, hostname, domain, now, ref } = input;
  const first = reports[0]?.recipient;
  const failed = reports.some((report) => report.action === 'failed');
  const delayed = !failed && reports.some((report) => report.action === 'delayed');
  const subject = failed
    ? '退信：邮件未能送达 / Undelivered mail returned to sender'
    : delayed
      ? '邮件投递延迟 / Delivery delayed'
      : '邮件已送达 / Delivery report';
  return compose({
    from: mailbox('邮件系统 Mail Delivery System', `postmaster@${domain}`),
    to: `<${first?.sender ?? ''}>`,
    subject,
    date: now,
    messageId: `${ref}@${hostname}`,
    extra: [['Auto-Submitted', 'auto-replied']],
    kind: 'report; report-type=delivery-status',
    parts: [
      { type: 'text/plain; charset=utf-8', content: explanation(reports, failed, delayed) },
      { type: 'message/delivery-status', plain: true, content: machinePart(reports, hostname) },
      returned(input.header),
    ],
  });
}

function explanation(reports: readonly Report[], failed: boolean, delayed: boolean): string {
  const lines = reports.map(
    ({ recipient, reply, status, remote }) =>
      `<${recipient.address}>\r\n    ${remote ? `${remote}: ` : ''}${status} ${reply}`,
  );
  const [zh, en] = failed
    ? ['您的邮件未能送达以下收件人，原因如下:', 'Your message could not be delivered to these recipients:']
    : delayed
      ? [
          '您的邮件暂时未能送达以下收件人，系统将继续尝试，您无需重发:',
          'Your message has been delayed. We keep trying; you need not send it again:',
        ]
      : ['您的邮件已送达以下收件人:', 'Your message has been delivered to these recipients:'];
  return [zh, en, '', ...lines, ''].join('\r\n');
}

function machinePart(reports: readonly Report[], hostname: string): string {
  const first = reports[0]?.recipient;
  const head = [`Reporting-MTA: dns; ${hostname}`];
  if (first?.envid) head.push(`Original-Envelope-Id: ${encodeXtext(first.envid)}`);
  if (first) head.push(`Arrival-Date: ${formatDate(first.createdAt)}`);
  const blocks = reports.map(({ recipient, action, status, reply, remote }) =>
    [
      ...(recipient.orcpt ? [`Original-Recipient: ${recipient.orcpt}`] : []),
      `Final-Recipient: rfc822; ${recipient.address}`,
      `Action: ${action}`,
      `Status: ${status}`,
      ...(remote ? [`Remote-MTA: dns; ${remote.replace(/\s.*$/, '')}`] : []),
      `Diagnostic-Code: smtp; ${reply.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 500)}`,
      ...(action === 'delayed' ? [`Will-Retry-Until: ${formatDate(recipient.expiresAt)}`] : []),
    ].join('\r\n'),
  );
  return `${[head.join('\r\n'), ...blocks].join('\r\n\r\n')}\r\n`;
}

function returned(header: Buffer): Part {
  const eightBit = header.some((byte) => byte >= 0x80);
  return {
    type: 'text/rfc822-headers; charset=utf-8',
    plain: true,
    content: header.subarray(0, MAX_RETURNED),
    headers: eightBit ? [['Content-Transfer-Encoding', '8bit']] : [],
  };
}
