import type { SmtpSession } from './types.ts';

/** Forgets the envelope and what has come of the message (RFC 5321 §4.1.1.5). */
export async function resetTransaction(session: SmtpSession): Promise<void> {
  const { chunks } = session;
  session.envelope = undefined;
  session.chunks = undefined;
  await chunks?.abort();
}
