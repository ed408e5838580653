import { isDatabaseUnavailable } from '../../kit/db/index.ts';
import { TimeoutError } from '../../kit/net/index.ts';
import { codeText, quoteString } from '../protocol/managesieve/index.ts';
import { capabilityLines } from './capabilities.ts';
import { LIMITS } from './limits.ts';
import { type Input, readInput } from './reader.ts';
import { COMMANDS } from './registry.ts';
import type { Argument, Command, Reply, SieveSession } from './types.ts';

/** Runs one connection to its end; never rejects. */
export async function runSession(session: SieveSession): Promise<void> {
  const { socket, parts } = session;
  let unlisten: (() => void) | undefined;
  try {
    send(session, { kind: 'OK', lines: capabilityLines(session), text: 'Hongyan ManageSieve ready' });
    while (!session.closing) {
      const input = await readInput(session);
      if (input.kind === 'end') break;
      const reply = await act(session, input);
      send(session, reply);
      if (reply.kind === 'BYE') break;
      if (reply.startTls) {
        await socket.startTls(parts.tls(), LIMITS.tlsMs);
        send(session, { kind: 'OK', lines: capabilityLines(session), text: 'TLS is on' });
      }
      await socket.flush();
      const { account } = session;
      if (!account) {
        unlisten?.();
        unlisten = undefined;
      } else
        unlisten ??= parts.clientAuth.onRevoked(account.accountId, () => {
          session.closing = true;
          socket.destroy();
        });
    }
  } catch (error) {
    if (error instanceof TimeoutError) send(session, { kind: 'BYE', text: 'Timed out' });
    else {
      parts.log.warn({ err: error }, 'ManageSieve session failed');
      send(session, { kind: 'BYE', code: 'TRYLATER', text: 'Internal error' });
    }
  } finally {
    unlisten?.();
    socket.end();
  }
}

async function act(session: SieveSession, input: Exclude<Input, { kind: 'end' }>): Promise<Reply> {
  if (input.kind === 'too_large')
    return { kind: 'NO', code: 'QUOTA/MAXSIZE', text: 'The script is too large' };
  if (input.kind !== 'command') return mistake(session, 'The command is malformed');
  const command = COMMANDS.get(input.name);
  if (!command) return mistake(session, 'This command is not known here');
  if (command.when === 'after' && !session.account) return mistake(session, 'Please sign in first');
  if (command.when === 'before' && session.account) return mistake(session, 'You are signed in already');
  if (!fits(command, input.args)) return mistake(session, 'The arguments are wrong');
  try {
    return await command.run(session, input.args);
  } catch (error) {
    if (error instanceof TimeoutError) throw error;
    session.parts.log.error({ err: error, command: input.name }, 'a ManageSieve command failed');
    const text = isDatabaseUnavailable(error) ? 'Storage is away, try again later' : 'Internal error';
    return { kind: 'NO', code: 'TRYLATER', text };
  }
}

function fits({ args, optional = 0 }: Command, given: readonly Argument[]): boolean {
  return (
    given.length <= args.length &&
    given.length >= args.length - optional &&
    given.every((argument, index) => typeof argument === args[index])
  );
}

/** Somebody who tries commands is sent away. */
function mistake(session: SieveSession, text: string): Reply {
  session.errors++;
  return session.errors > LIMITS.errors ? { kind: 'BYE', text: 'Too many errors' } : { kind: 'NO', text };
}

function send({ socket }: SieveSession, reply: Reply): void {
  const lines = (reply.lines ?? []).map((line) => `${line}\r\n`).join('');
  const text = reply.text === undefined ? '' : ` ${quoteString(reply.text)}`;
  socket.write(Buffer.from(`${lines}${reply.kind}${codeText(reply.code)}${text}\r\n`));
}
