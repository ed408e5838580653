import { isUtf8 } from 'node:buffer';
import { tokenizeLine } from '../protocol/managesieve/index.ts';
import { LIMITS } from './limits.ts';
import type { Argument, SieveSession } from './types.ts';

export type Input =
  | { kind: 'command'; name: string; args: Argument[] }
  | { kind: 'string'; text: string }
  | { kind: 'malformed' }
  | { kind: 'too_large' }
  | { kind: 'end' };

/** Reads a command with its literals, or (`answer`) the string with which a client answers a challenge. */
export async function readInput(session: SieveSession, answer = false): Promise<Input> {
  const { socket } = session;
  const timeout = session.account ? LIMITS.idleMs : LIMITS.idleBeforeMs;
  const args: Argument[] = [];
  let name: string | undefined;
  let malformed = false;
  let tooLarge = false;
  let first = true;
  for (;;) {
    const line = await socket.readLine(LIMITS.line, timeout);
    if (line.kind === 'end') return { kind: 'end' };
    // What follows a line that cannot be read cannot be told from commands, but for this line's end.
    const parsed = line.kind === 'line' ? readLine(line.bytes.toString('utf8'), first) : undefined;
    if (!parsed) return { kind: 'malformed' };
    for (const token of parsed.tokens) {
      if (token.kind === 'word') {
        if (!first || name !== undefined || answer) malformed = true;
        name = token.text;
      } else args.push(token.kind === 'number' ? token.value : token.text);
      first = false;
    }
    first = false;
    if (parsed.literal === undefined) break;
    const most = session.account ? LIMITS.literal : LIMITS.literalBefore;
    if (parsed.literal > LIMITS.skip || (!session.account && parsed.literal > most)) return { kind: 'end' };
    const bytes = await readOctets(session, parsed.literal, parsed.literal <= most, timeout);
    if (bytes === undefined) return { kind: 'end' };
    if (parsed.literal > most) tooLarge = true;
    // RFC 5804 §1.2: strings are UTF-8; what is not must not be stored as something else.
    if (!isUtf8(bytes)) malformed = true;
    args.push(bytes.toString('utf8'));
  }
  if (tooLarge) return { kind: 'too_large' };
  const [only] = args;
  if (answer) {
    return !malformed && args.length === 1 && typeof only === 'string'
      ? { kind: 'string', text: only }
      : { kind: 'malformed' };
  }
  return malformed || name === undefined ? { kind: 'malformed' } : { kind: 'command', name, args };
}

/** Behind a literal the line goes on with a space, or ends. */
function readLine(text: string, first: boolean) {
  return tokenizeLine(first ? text : text.replace(/^ +/, ''));
}

/** Exactly so many octets; kept or read past. */
async function readOctets(
  { socket }: SieveSession,
  size: number,
  keep: boolean,
  timeout: number,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  for (let left = size; left > 0; ) {
    const piece = await socket.readSome(left, timeout);
    if (!piece) return undefined;
    left -= piece.length;
    // A copy: the piece may be a slice of a larger buffer.
    if (keep) pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}
