import { resetTransaction } from '../transaction.ts';
import type { Handler } from '../types.ts';

export const rset: Handler = async (session) => {
  await resetTransaction(session);
  return { code: 250, enhanced: '2.0.0', text: 'OK' };
};

export const noop: Handler = () => ({ code: 250, enhanced: '2.0.0', text: 'OK' });

/** Whether a mailbox exists is told at RCPT only (RFC 5321 §7.3). */
export const vrfy: Handler = () => ({ code: 252, enhanced: '2.5.2', text: 'Send mail and see' });

export const help: Handler = () => ({
  code: 214,
  enhanced: '2.0.0',
  text: 'EHLO HELO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT',
});

export const quit: Handler = () => ({ code: 221, enhanced: '2.0.0', text: 'Bye', close: true });
