import { createDataDecoder } from '../../protocol/smtp/index.ts';
import { LIMITS } from '../limits.ts';
import { perRecipient } from '../per-recipient.ts';
import { receiveMessage } from '../receive.ts';
import { resetTransaction } from '../transaction.ts';
import type { Handler } from '../types.ts';

const PIECE = 64 * 1024;

/** DATA (RFC 5321 §4.1.1.4): streams into the body store; 250 only after the commit. */
export const data: Handler = async (session, rest) => {
  const { envelope, socket } = session;
  if (rest.trim() !== '') return { code: 501, enhanced: '5.5.4', text: 'DATA takes no parameter' };
  if (!envelope) return { code: 503, enhanced: '5.5.1', text: 'Give sender and recipients first' };
  if (session.chunks) return { code: 503, enhanced: '5.5.1', text: 'Chunks have begun: go on with BDAT' };
  if (envelope.recipients.length === 0) return { code: 554, enhanced: '5.5.1', text: 'No valid recipients' };
  if (envelope.body === 'BINARYMIME')
    return { code: 503, enhanced: '5.5.1', text: 'BINARYMIME goes with BDAT only (RFC 3030)' };
  socket.write('354 Go ahead, end with <CRLF>.<CRLF>\r\n');
  const message = receiveMessage(session, envelope);
  session.chunks = message;
  const decoder = createDataDecoder();
  for (;;) {
    const chunk = await socket.readSome(PIECE, LIMITS.dataMs);
    if (!chunk) {
      await resetTransaction(session);
      return undefined;
    }
    const piece = decoder.push(chunk);
    // A refused message is still read to its end, but no longer kept.
    if (!decoder.bare) for (const bytes of piece.out) await message.write(bytes);
    if (!piece.done) continue;
    if (piece.rest.length > 0) socket.unread(piece.rest);
    break;
  }
  if (decoder.bare) {
    await resetTransaction(session);
    return perRecipient(session, envelope, {
      code: 550,
      enhanced: '5.6.0',
      text: 'A line end without CR LF (RFC 5321 section 2.3.8)',
    });
  }
  session.chunks = undefined;
  session.envelope = undefined;
  return message.finish();
};
