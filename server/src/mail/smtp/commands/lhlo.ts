import { resetTransaction } from '../transaction.ts';
import type { Handler } from '../types.ts';
import { capabilities } from './ehlo.ts';

/** LHLO (RFC 2033 §4.1): EHLO of LMTP, which has no HELO and no EHLO. */
export const lhlo: Handler = async (session, rest) => {
  const name = rest.trim();
  if (name === '' || /[^\x21-\x7e]/.test(name) || name.length > 255)
    return { code: 501, enhanced: '5.5.4', text: 'LHLO needs your name' };
  await resetTransaction(session);
  session.helo = name;
  session.esmtp = true;
  return { code: 250, text: [`${session.parts.hostname} at your service`, ...capabilities(session)] };
};
