import {
  type AppendOptions,
  type CommandPiece,
  type LiteralMarker,
  readAppendOptions,
  Scanner,
} from '../protocol/imap/index.ts';
import type { StoredBody } from '../store/index.ts';
import { Refusal } from './command.ts';
import { type RawCommand, readCommand } from './command-reader.ts';
import { LIMITS } from './limits.ts';
import type { Session } from './session.ts';
import { InputEnded } from './wire-input.ts';

/** One message of an APPEND: its options, and the literal that is about to come. */
export interface AppendStep {
  options: AppendOptions;
  message: LiteralMarker;
}

/** Stands for `tag APPEND mailbox` when the rest of the command is read behind a message literal. */
const HEAD: readonly CommandPiece[] = [{ line: Buffer.from('x APPEND '), literal: Buffer.from('x') }];

/** Streams a message literal into the body store. The literal is always read to its end, also when storing fails. */
export async function receiveMessage(session: Session, message: LiteralMarker): Promise<StoredBody> {
  if (!message.nonSync) {
    session.output.line('+ Ready for the message');
    await session.output.flush();
  }
  const body = session.deps.store.newBody({ maxBytes: session.deps.maxMessageBytes });
  let failure: { error: unknown } | undefined;
  try {
    for await (const chunk of session.input.stream(message.size)) {
      if (failure) continue;
      try {
        // RFC 3516 §4.4: what holds NUL could be read by BINARY only, so it is not taken.
        if (message.binary && chunk.includes(0)) throw new Refusal('NUL cannot be stored', 'UNKNOWN-CTE');
        await body.write(chunk);
      } catch (error) {
        failure = { error };
      }
    }
    if (!failure) return await body.finish();
  } catch (error) {
    await body.abort();
    throw error;
  }
  await body.abort();
  await endOfAppend(session);
  throw failure.error;
}

/** What follows a message literal: the next message, or the end of the command (undefined). */
export async function nextMessage(session: Session, before: AppendStep): Promise<AppendStep | undefined> {
  const raw = await readRest(session);
  const scanner = new Scanner(raw.pieces.slice(HEAD.length));
  try {
    if (before.options.utf8) scanner.expect(')');
    if (scanner.atEnd() && !raw.message) return undefined;
    scanner.space();
    const options = readAppendOptions(scanner);
    scanner.end();
    if (raw.message) return { options, message: raw.message };
    scanner.space();
  } catch (error) {
    if (raw.message) await discardMessages(session, raw.message);
    throw error;
  }
  return undefined;
}

/**
 * Reads past a message that is not wanted, and past the rest of its command, so that the next line is a command
 * again. A synchronising literal is not sent without our word, so there is nothing to read.
 */
export async function discardMessages(session: Session, first: LiteralMarker | undefined): Promise<void> {
  for (let message = first; message?.nonSync; message = (await readRest(session)).message) {
    if (message.size > session.deps.maxMessageBytes + LIMITS.skippable) {
      session.output.line('* BYE Message too large');
      session.endAfterReply();
      return;
    }
    await session.input.skip(message.size);
  }
}

async function endOfAppend(session: Session): Promise<void> {
  await discardMessages(session, (await readRest(session)).message);
}

async function readRest(session: Session): Promise<RawCommand> {
  const raw = await readCommand(session.input, session.output, true, HEAD);
  if (!raw) throw new InputEnded();
  return raw;
}
