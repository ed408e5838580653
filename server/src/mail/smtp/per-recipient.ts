import type { Reply, SmtpEnvelope, SmtpSession } from './types.ts';

/** After the end of data LMTP answers once for every accepted recipient (RFC 2033 §4.2); SMTP answers once. */
export function perRecipient(session: SmtpSession, envelope: SmtpEnvelope, reply: Reply): Reply {
  if (session.mode !== 'lmtp' || reply.more) return reply;
  return { ...reply, more: Array<Reply>(Math.max(0, envelope.recipients.length - 1)).fill(reply) };
}
