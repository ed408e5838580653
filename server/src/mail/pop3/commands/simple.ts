import { LIMITS } from '../limits.ts';
import type { Handler } from '../types.ts';
import { authAllowed } from './sign-in.ts';

/** CAPA (RFC 2449). */
export const capa: Handler = (session) => {
  const lines = [
    'TOP',
    'UIDL',
    'RESP-CODES',
    'AUTH-RESP-CODE',
    'PIPELINING',
    'UTF8 USER',
    'LANG',
    'EXPIRE NEVER',
    'IMPLEMENTATION Hongyan',
  ];
  if (!session.maildrop && authAllowed(session)) lines.push('USER', 'SASL PLAIN LOGIN');
  if (!session.socket.tls && !session.maildrop) lines.push('STLS');
  return { kind: 'many', text: 'What we can do', lines };
};

/** STLS (RFC 2595 §4): what was pipelined behind it came in the clear and is thrown away. */
export const stls: Handler = async (session) => {
  if (session.socket.tls) return { kind: 'no', text: 'TLS is on already' };
  session.socket.write('+OK Begin TLS\r\n');
  await session.socket.startTls(session.parts.tls(), LIMITS.tlsMs);
  session.user = undefined;
  return undefined;
};

export const noop: Handler = () => ({ kind: 'ok', text: '' });

/** RFC 6856: messages are sent as they are in any case. */
export const utf8: Handler = () => ({ kind: 'ok', text: 'UTF8 is on' });

/** LANG (RFC 6856 §3): our texts are for programs and in English. */
export const lang: Handler = (_session, [tag]) => {
  if (tag === undefined) return { kind: 'many', text: 'Languages', lines: ['en English'] };
  return /^(\*|en|en-.*|i-default)$/i.test(tag)
    ? { kind: 'ok', text: 'en Texts are in English' }
    : { kind: 'no', text: 'This language is not known here' };
};
