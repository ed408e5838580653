import {
  type CommandPiece,
  isMessageLiteral,
  type LiteralMarker,
  literalMarker,
} from '../protocol/imap/index.ts';
import { LIMITS } from './limits.ts';
import type { WireInput } from './wire-input.ts';
import type { WireOutput } from './wire-output.ts';

/** One command as it came: its pieces, and the marker of the message literal at which reading stopped. */
export interface RawCommand {
  pieces: readonly CommandPiece[];
  message: LiteralMarker | undefined;
}

/** The command cannot be read to its end. `fatal`: what follows cannot be told from commands, so the session ends. */
export class Unreadable extends Error {
  readonly firstLine: Buffer;
  readonly fatal: boolean;
  readonly code: string | undefined;

  constructor(message: string, firstLine: Buffer, options: { fatal: boolean; code?: string }) {
    super(message);
    this.firstLine = firstLine;
    this.fatal = options.fatal;
    this.code = options.code;
  }
}

/**
 * Reads one command: a line, and for each literal marker the literal and the line behind it. Stops before a message
 * literal of APPEND, which the command streams by itself. Undefined when the peer has gone.
 */
export async function readCommand(
  input: WireInput,
  output: WireOutput,
  signedIn: boolean,
  before: readonly CommandPiece[] = [],
): Promise<RawCommand | undefined> {
  const maxLine = signedIn ? LIMITS.line : LIMITS.lineBeforeLogin;
  const maxLiteral = signedIn ? LIMITS.literal : LIMITS.literalBeforeLogin;
  const pieces: CommandPiece[] = [...before];
  let total = 0;
  for (;;) {
    const line = await input.line(maxLine);
    if (line === undefined) return undefined;
    const first = pieces[0]?.line ?? line;
    total += line.length;
    const marker = literalMarker(line);
    if (!marker) return { pieces: [...pieces, { line, literal: undefined }], message: undefined };
    const text = line.subarray(0, marker.start);
    if (signedIn && isMessageLiteral(pieces, line)) {
      return { pieces: [...pieces, { line: text, literal: undefined }], message: marker };
    }
    total += marker.size;
    if (marker.size > maxLiteral || total > LIMITS.command || pieces.length >= LIMITS.literals) {
      await refuse(input, marker, first);
    }
    if (!marker.nonSync) {
      output.line('+ Ready for more');
      await output.flush();
    }
    pieces.push({ line: text, literal: await input.bytes(marker.size) });
  }
}

/** RFC 7888 §4: a synchronising literal is refused before it is sent; another one is read past, or ends the session. */
async function refuse(input: WireInput, marker: LiteralMarker, first: Buffer): Promise<never> {
  const fatal = marker.nonSync && marker.size > LIMITS.skippable;
  if (marker.nonSync && !fatal) {
    await input.skip(marker.size);
    // The rest of the command, which may itself go on with literals, is not looked at: the next line is a command.
    await input.line(LIMITS.line);
  }
  throw new Unreadable('Literal too large', first, { fatal, code: 'TOOBIG' });
}
