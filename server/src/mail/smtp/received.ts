import { formatDate } from '../protocol/mime/index.ts';
import type { SmtpSession } from './types.ts';

/** The trace field that every server on the way adds (RFC 5321 §4.4). The submitter's address at home stays private. */
export function receivedField(session: SmtpSession, ref: string, now: Date): string {
  const { socket, account, parts, envelope } = session;
  const [only, ...more] = envelope?.recipients ?? [];
  const tls = socket.tls;
  const cipher = tls
    ? `\r\n\t(using ${tls.getProtocol() ?? 'TLS'} with cipher ${tls.getCipher()?.name ?? 'unknown'})`
    : '';
  const from = account
    ? `from authenticated user ([${account.address}])`
    : `from ${safe(session.helo ?? 'unknown')}${socket.remoteAddress === '' ? '' : ` ([${literal(socket.remoteAddress)}])`}`;
  const utf8 = envelope?.smtputf8 ? 'UTF8' : session.esmtp ? 'E' : '';
  const protocol = `${session.mode === 'lmtp' ? 'LMTP' : `${utf8}SMTP`}${tls ? 'S' : ''}${account ? 'A' : ''}`;
  // With several recipients none is named: each would learn of the others.
  const target = only && more.length === 0 ? `\r\n\tfor <${only.address}>` : '';
  return `Received: ${from}${cipher}\r\n\tby ${parts.hostname} (Hongyan) with ${protocol} id ${ref}${target};\r\n\t${formatDate(now)}\r\n`;
}

function literal(address: string): string {
  return address.includes(':') ? `IPv6:${address}` : address;
}

function safe(text: string): string {
  return text.replace(/[^A-Za-z0-9.:[\]_-]/g, '?').slice(0, 255);
}
