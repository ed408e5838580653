import { type LineSocket, TimeoutError } from '../../kit/net/index.ts';
import { LIMITS } from './limits.ts';
import { COMMANDS } from './registry.ts';
import type { Pop3Parts, Pop3Session, Reply } from './types.ts';

/** Runs one connection to its end; never rejects. */
export async function runSession(session: Pop3Session): Promise<void> {
  const { socket, parts } = session;
  let unlisten: (() => void) | undefined;
  try {
    send(session, { kind: 'ok', text: `${parts.hostname} POP3 Hongyan` });
    for (;;) {
      const line = await socket.readLine(LIMITS.line, LIMITS.idleMs);
      if (line.kind === 'end') break;
      const reply = line.kind === 'line' ? await act(session, line.bytes) : unknown(session);
      if (reply) send(session, reply);
      if (session.accountId !== undefined && !unlisten) {
        unlisten = parts.clientAuth.onRevoked(session.accountId, () => {
          session.closing = true;
          socket.destroy();
        });
      }
      if (session.closing || (reply && reply.kind !== 'many' && reply.close)) break;
    }
  } catch (error) {
    if (error instanceof TimeoutError) send(session, { kind: 'no', text: '[SYS/TEMP] Timed out' });
    else {
      parts.log.warn({ err: error }, 'POP3 session failed');
      send(session, { kind: 'no', text: '[SYS/TEMP] Internal error' });
    }
  } finally {
    unlisten?.();
    socket.end();
  }
}

async function act(session: Pop3Session, bytes: Buffer): Promise<Reply | undefined> {
  const [verb = '', ...args] = bytes.toString('utf8').split(' ');
  const command = COMMANDS.get(verb.toUpperCase());
  if (!command) return unknown(session);
  const state = session.maildrop ? 'transaction' : 'authorization';
  if (command.in !== 'both' && command.in !== state)
    return {
      kind: 'no',
      text: state === 'authorization' ? 'Please sign in first' : 'You are signed in already',
    };
  return command.handler(session, args);
}

/** Somebody who tries commands is sent away. */
function unknown(session: Pop3Session): Reply {
  session.errors++;
  return { kind: 'no', text: 'This command is not known here', close: session.errors > LIMITS.errors };
}

function send(session: Pop3Session, reply: Reply): void {
  const { socket } = session;
  if (reply.kind !== 'many') {
    socket.write(`${reply.kind === 'ok' ? '+OK' : '-ERR'}${reply.text === '' ? '' : ` ${reply.text}`}\r\n`);
    return;
  }
  socket.write(`+OK ${reply.text}\r\n${reply.lines.map((line) => `${line}\r\n`).join('')}.\r\n`);
}

export function newSession(parts: Pop3Parts, socket: LineSocket, loopback: boolean): Pop3Session {
  return {
    parts,
    socket,
    loopback,
    user: undefined,
    maildrop: undefined,
    accountId: undefined,
    signIns: 0,
    errors: 0,
    closing: false,
  };
}
