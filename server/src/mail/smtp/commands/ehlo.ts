import { resetTransaction } from '../transaction.ts';
import type { Handler, SmtpSession } from '../types.ts';
import { authAllowed } from './auth.ts';
import { futureReleaseKeyword } from './future-release.ts';

const NAME = /^[A-Za-z0-9._:[\]-]{1,255}$/;

/** EHLO (RFC 5321 §4.1.1.1): introduces the client and lists what we can do now. */
export const ehlo: Handler = async (session, rest) => {
  const name = rest.trim();
  if (name === '' || /[^\x21-\x7e]/.test(name) || name.length > 255)
    return { code: 501, enhanced: '5.5.4', text: 'EHLO needs your name' };
  await resetTransaction(session);
  session.helo = name;
  session.client = undefined;
  session.esmtp = true;
  return { code: 250, text: [`${session.parts.hostname} at your service`, ...capabilities(session)] };
};

export const helo: Handler = async (session, rest) => {
  const name = rest.trim();
  if (!NAME.test(name)) return { code: 501, enhanced: '5.5.4', text: 'HELO needs your name' };
  await resetTransaction(session);
  session.helo = name;
  session.client = undefined;
  session.esmtp = false;
  return { code: 250, text: `${session.parts.hostname} at your service` };
};

export function capabilities(session: SmtpSession): string[] {
  const list = [
    'PIPELINING',
    `SIZE ${session.parts.maxBytes}`,
    '8BITMIME',
    'SMTPUTF8',
    'ENHANCEDSTATUSCODES',
    'CHUNKING',
    'BINARYMIME',
    'DSN',
  ];
  if (!session.socket.tls) list.push('STARTTLS');
  if (session.mode === 'submission' && authAllowed(session)) list.push('AUTH PLAIN LOGIN');
  if (session.mode === 'submission') list.push(futureReleaseKeyword(session.parts.clock.now()));
  list.push('HELP');
  return list;
}
