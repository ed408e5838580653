import { setTimeout as pause } from 'node:timers/promises';
import { type LineSocket, TimeoutError } from '../../kit/net/index.ts';
import { formatReply, parseCommand } from '../protocol/smtp/index.ts';
import { newRef } from '../queue/index.ts';
import { LIMITS } from './limits.ts';
import { COMMANDS, LMTP_COMMANDS } from './registry.ts';
import { resetTransaction } from './transaction.ts';
import type { Reply, SmtpMode, SmtpParts, SmtpSession } from './types.ts';

/** Runs one connection to its end; never rejects. */
export async function runSession(session: SmtpSession): Promise<void> {
  const { socket, parts } = session;
  const endAt = performance.now() + LIMITS.sessionMs;
  let unlisten: (() => void) | undefined;
  try {
    const protocol = session.mode === 'lmtp' ? 'LMTP' : 'ESMTP';
    const refusal = session.mode === 'mx' ? await welcome(session) : undefined;
    send(session, refusal ?? { code: 220, text: `${parts.hostname} ${protocol} Hongyan` });
    if (refusal) return;
    for (;;) {
      const reply = await nextReply(session);
      if (reply) send(session, reply);
      if (session.account && !unlisten) {
        unlisten = parts.clientAuth.onRevoked(session.account.accountId, () => {
          session.closing = 'Your sign-in has ended';
        });
      }
      if (!reply && ended.has(session)) break;
      if (reply?.close) break;
      if (session.closing || performance.now() > endAt) {
        send(session, {
          code: 421,
          enhanced: '4.3.2',
          text: session.closing ?? 'This has taken long enough',
        });
        break;
      }
    }
  } catch (error) {
    if (error instanceof TimeoutError) send(session, { code: 421, enhanced: '4.4.2', text: 'Timed out' });
    else {
      parts.log.warn({ err: error, session: session.id }, 'SMTP session failed');
      send(session, { code: 421, enhanced: '4.3.0', text: 'Internal error' });
    }
  } finally {
    unlisten?.();
    await resetTransaction(session).catch(() => undefined);
    socket.end();
  }
}

/** Who may not even be greeted: too many connections, or talking before the greeting (RFC 5321 §3.1). */
async function welcome({ parts, socket }: SmtpSession): Promise<Reply | undefined> {
  const verdict = await parts.gate.connect(socket.remoteAddress);
  if (verdict.kind !== 'pass') return { code: verdict.code, enhanced: verdict.status, text: verdict.text };
  const wait = await parts.gate.greetMs(socket.remoteAddress);
  if (wait > 0) await pause(wait);
  if (!socket.pending()) return undefined;
  return { code: 554, enhanced: '5.5.1', text: 'You spoke before the greeting' };
}

/** Sessions whose peer has closed. */
const ended = new WeakSet<SmtpSession>();

async function nextReply(session: SmtpSession): Promise<Reply | undefined> {
  const line = await session.socket.readLine(LIMITS.line, LIMITS.commandMs);
  if (line.kind === 'end') {
    ended.add(session);
    return undefined;
  }
  if (line.kind === 'too_long')
    return mistake(session, { code: 500, enhanced: '5.5.6', text: 'Line too long' });
  // Cut off: what follows such a line may be another's command.
  if (line.kind === 'bare')
    return { code: 500, enhanced: '5.5.2', text: 'Lines end with CR LF', close: true };
  const command = parseCommand(line.bytes);
  const handler = command && commandsOf(session).get(command.verb);
  if (!command || !handler)
    return mistake(session, { code: 500, enhanced: '5.5.2', text: 'This command is not known here' });
  const reply = await handler(session, command.rest);
  return reply && reply.code >= 500 ? mistake(session, reply) : reply;
}

function commandsOf(session: SmtpSession) {
  return session.mode === 'lmtp' ? LMTP_COMMANDS : COMMANDS;
}

/** Counts errors: somebody who tries addresses or commands is sent away. */
function mistake(session: SmtpSession, reply: Reply): Reply {
  session.errors++;
  if (session.errors <= LIMITS.errors || session.account) return reply;
  return { code: 421, enhanced: '4.7.0', text: 'Too many errors', close: true };
}

function send(session: SmtpSession, reply: Reply): void {
  const lines = typeof reply.text === 'string' ? [reply.text] : reply.text;
  session.socket.write(formatReply(reply.code, reply.enhanced, lines));
  for (const next of reply.more ?? []) send(session, next);
}

export function newSession(
  parts: SmtpParts,
  mode: SmtpMode,
  socket: LineSocket,
  loopback: boolean,
): SmtpSession {
  return {
    id: newRef(),
    mode,
    parts,
    socket,
    loopback,
    helo: undefined,
    esmtp: false,
    account: undefined,
    senders: undefined,
    envelope: undefined,
    chunks: undefined,
    errors: 0,
    wrongRecipients: 0,
    client: undefined,
    signIns: 0,
    messages: 0,
    closing: undefined,
  };
}
