import { isDatabaseUnavailable } from '../../kit/db/index.ts';
import { ImapSyntaxError, readTag, Scanner, statusText } from '../protocol/imap/index.ts';
import { StoreError, type StoreErrorCode } from '../store/index.ts';
import { bad, type Command, no, Refusal, type Reply } from './command.ts';
import { type RawCommand, readCommand, Unreadable } from './command-reader.ts';
import { LIMITS } from './limits.ts';
import { findCommand } from './registry.ts';
import type { Session } from './session.ts';
import { InputEnded, LineTooLong } from './wire-input.ts';
import { OutputClosed } from './wire-output.ts';

/** Reads commands and answers them, one after another, until the connection ends. Never rejects. */
export async function serve(session: Session): Promise<void> {
  const log = session.deps.log.child({ protocol: 'imap', remote: session.remoteAddress });
  const timer = createTimer(session);
  let badInRow = 0;
  try {
    for (;;) {
      await session.output.flush();
      timer.start();
      const outcome = await nextCommand(session);
      timer.stop();
      if (outcome === undefined) break;
      const reply = outcome instanceof Unreadable ? refuse(session, outcome) : await answer(session, outcome);
      badInRow = reply?.status === 'BAD' ? badInRow + 1 : 0;
      if (badInRow >= LIMITS.badInRow) {
        session.output.line('* BYE Too many invalid commands');
        session.endAfterReply();
      }
      await session.output.flush();
      const next = session.takeAfterReply();
      if (next === 'end') break;
      if (next === 'tls') await session.upgrade();
      if (next === 'deflate') session.compress();
    }
  } catch (error) {
    if (error instanceof LineTooLong) session.bye('Line too long');
    else if (!isGone(error)) log.warn({ err: error }, 'IMAP session failed');
  } finally {
    timer.stop();
    session.unselect();
    session.hangUp();
  }

  async function answer(current: Session, raw: RawCommand): Promise<Reply | undefined> {
    const line = (raw.pieces[0]?.line ?? Buffer.alloc(0)).toString('latin1');
    const tag = readTag(line);
    if (tag === undefined) {
      await current.discardMessages(raw.message);
      current.output.line('* BAD Invalid tag');
      return bad('Invalid tag');
    }
    const { command, reply } = await act(current, raw, tag);
    // The mailbox may have changed while the command ran: tell what may be told before its answer.
    if (command && reply.status !== 'BAD') {
      await current.sync(command.updates);
      if (command.updates === 'yes' || command.updates === 'always') await current.notifier?.tellOthers();
    }
    const code = reply.code === undefined ? '' : `[${reply.code}] `;
    current.output.line(`${tag} ${reply.status} ${code}${statusText(reply.text)}`);
    return reply;
  }

  async function act(
    current: Session,
    raw: RawCommand,
    tag: string,
  ): Promise<{ command?: Command; reply: Reply }> {
    current.tag = tag;
    const scanner = new Scanner(raw.pieces);
    scanner.expect(tag);
    let command: Command | undefined;
    let started = false;
    try {
      scanner.space();
      command = findCommand(scanner);
      checkState(current, command);
      const run = command.prepare({ scanner, message: raw.message }, current);
      started = true;
      if (command.when === 'selected') await current.selected?.refreshRights();
      return { command, reply: await withProgress(current, run) };
    } catch (error) {
      if (!started) await current.discardMessages(raw.message);
      return { command, reply: failure(error) };
    }
  }

  function failure(error: unknown): Reply {
    if (error instanceof Refusal) return error.reply;
    if (error instanceof ImapSyntaxError)
      return { ...(error.refusal ? no(error.message) : bad(error.message)), code: error.code };
    if (error instanceof StoreError) return no(error.message, STORE_CODES[error.code]);
    if (isGone(error) || error instanceof LineTooLong) throw error;
    if (isDatabaseUnavailable(error)) {
      log.warn({ err: error }, 'IMAP command found no database');
      return no('Temporarily unavailable, try again later', 'UNAVAILABLE');
    }
    log.error({ err: error }, 'IMAP command failed');
    return no('Internal error', 'SERVERBUG');
  }
}

/** How often a command that takes long says that it is still at work (RFC 9585 §3 suggests 10 to 15 s). */
const PROGRESS_MS = 15_000;

/** Keeps the client, and the NAT between, from giving up on a long command. */
async function withProgress(session: Session, run: () => Promise<Reply>): Promise<Reply> {
  const timer = setInterval(() => {
    const { output, person } = session;
    if (!person || !output.betweenLines || session.idling) return;
    output.line(`* OK [INPROGRESS (${JSON.stringify(session.tag)} NIL NIL)] Still working`);
    // Who has gone meanwhile is noticed by the command itself.
    output.flush().catch(() => undefined);
  }, PROGRESS_MS);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}

const STORE_CODES: Record<StoreErrorCode, string> = {
  nonexistent: 'NONEXISTENT',
  exists: 'ALREADYEXISTS',
  invalid_name: 'CANNOT',
  has_children: 'HASCHILDREN',
  not_empty: 'CANNOT',
  reserved: 'CANNOT',
  limit: 'LIMIT',
  over_quota: 'OVERQUOTA',
  role_taken: 'USEATTR',
};

function checkState(session: Session, command: Command): void {
  if (command.when === 'any') return;
  if (command.when === 'notAuthenticated') {
    if (session.person) throw new ImapSyntaxError('Already signed in');
    return;
  }
  if (!session.person) throw new ImapSyntaxError('Sign in first');
  if (command.when === 'selected' && !session.selected) throw new ImapSyntaxError('No mailbox selected');
}

function refuse(session: Session, problem: Unreadable): Reply {
  const tag = readTag(problem.firstLine.toString('latin1')) ?? '*';
  const code = problem.code === undefined ? '' : `[${problem.code}] `;
  session.output.line(`${tag} NO ${code}${problem.message}`);
  if (problem.fatal) {
    session.output.line('* BYE Literal too large');
    session.endAfterReply();
  }
  return bad(problem.message);
}

/** Waits for a command; with NOTIFY, tells meanwhile what happens. */
async function nextCommand(session: Session): Promise<RawCommand | Unreadable | undefined> {
  const reading = readCommand(session.input, session.output, session.person !== undefined).catch(unreadable);
  if (!session.notifier) return reading;
  let come = false;
  const arrived = reading.finally(() => {
    come = true;
  });
  // Its failure is met by whoever awaits it below.
  arrived.catch(() => undefined);
  while (!come && session.takeAfterReply() === 'go on') {
    await Promise.race([arrived, session.bell.wait()]);
    if (come) break;
    await session.notifier?.push();
    await session.output.flush();
  }
  session.bell.leave();
  return session.takeAfterReply() === 'end' ? undefined : arrived;
}

function unreadable(error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  throw error;
}

function isGone(error: unknown): boolean {
  if (error instanceof OutputClosed || error instanceof InputEnded) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(ECONNRESET|EPIPE|ETIMEDOUT|ERR_SSL|ERR_TLS|ERR_STREAM)/.test(code);
}

/** Ends connections that send nothing: soon before sign-in, after half an hour behind it (RFC 3501 §5.4). */
function createTimer(session: Session): { start(): void; stop(): void } {
  const opened = performance.now();
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      clearTimeout(timer);
      const left = session.person ? LIMITS.inactivityMs : LIMITS.loginMs - (performance.now() - opened);
      timer = setTimeout(() => session.bye('Disconnected for inactivity'), Math.max(0, left));
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
