import { LIMITS } from '../limits.ts';
import { receiveMessage } from '../receive.ts';
import { resetTransaction } from '../transaction.ts';
import type { Handler, Reply } from '../types.ts';

const PIECE = 64 * 1024;

/** BDAT (RFC 3030 §2): a chunk of a stated size; its octets are read in any case, or we would take them for commands. */
export const bdat: Handler = async (session, rest) => {
  const { socket } = session;
  const match = /^(\d{1,12})( +LAST)?$/i.exec(rest.trim());
  if (!match) return { code: 501, enhanced: '5.5.4', text: 'Syntax: BDAT size [LAST]', close: true };
  const { envelope } = session;
  let problem: Reply | undefined;
  if (!envelope) problem = { code: 503, enhanced: '5.5.1', text: 'Give sender and recipients first' };
  else if (envelope.recipients.length === 0)
    problem = { code: 554, enhanced: '5.5.1', text: 'No valid recipients' };
  const message = envelope && !problem ? (session.chunks ?? receiveMessage(session, envelope)) : undefined;
  session.chunks = message;
  let left = Number(match[1]);
  // Not even worth reading: the connection is the cheaper thing to lose.
  if (left > session.parts.maxBytes * 2) {
    await resetTransaction(session);
    return { code: 552, enhanced: '5.3.4', text: 'Message too large', close: true };
  }
  while (left > 0) {
    const chunk = await socket.readSome(Math.min(PIECE, left), LIMITS.dataMs);
    if (!chunk) {
      await resetTransaction(session);
      return undefined;
    }
    left -= chunk.length;
    await message?.write(chunk);
  }
  if (problem || !message) {
    await resetTransaction(session);
    return problem;
  }
  if (!match[2]) return { code: 250, enhanced: '2.0.0', text: `${match[1]} octets received` };
  session.chunks = undefined;
  session.envelope = undefined;
  return message.finish();
};
