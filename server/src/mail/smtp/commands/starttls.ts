import { LIMITS } from '../limits.ts';
import { resetTransaction } from '../transaction.ts';
import type { Handler } from '../types.ts';

/** STARTTLS (RFC 3207). Whatever was pipelined behind it came in the clear and is thrown away, as is all state. */
export const starttls: Handler = async (session, rest) => {
  const { socket, parts } = session;
  if (rest.trim() !== '') return { code: 501, enhanced: '5.5.4', text: 'STARTTLS takes no parameter' };
  if (socket.tls) return { code: 503, enhanced: '5.5.1', text: 'TLS is on already' };
  await resetTransaction(session);
  socket.write('220 2.0.0 Ready to start TLS\r\n');
  await socket.startTls(parts.tls(), LIMITS.tlsMs);
  session.helo = undefined;
  session.esmtp = false;
  session.account = undefined;
  session.senders = undefined;
  return undefined;
};
