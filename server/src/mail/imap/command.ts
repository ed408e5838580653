import type { LiteralMarker, Scanner } from '../protocol/imap/index.ts';
import type { Session } from './session.ts';

/** The tagged answer of a command (RFC 3501 §7.1). */
export interface Reply {
  status: 'OK' | 'NO' | 'BAD';
  /** Response code without brackets, e.g. `READ-WRITE`. */
  code?: string;
  text: string;
}

/** In which states a command is allowed (RFC 3501 §3). */
export type When = 'any' | 'notAuthenticated' | 'authenticated' | 'selected';

/**
 * Whether other sessions' changes may be told before the tagged answer: `no` while the answer would confuse
 * (SELECT, LOGOUT), `noExpunge` for commands that number messages (RFC 3501 §7.4.1), else `yes`.
 * `always` also looks into the database when no signal has come (NOOP, CHECK).
 */
export type Updates = 'no' | 'noExpunge' | 'yes' | 'always';

export interface CommandInput {
  scanner: Scanner;
  /** The message literal at which reading stopped, for APPEND. */
  message: LiteralMarker | undefined;
}

export interface Command {
  /** Upper case; `UID FETCH` for UID forms. */
  name: string;
  when: When;
  updates: Updates;
  /** Reads the arguments (throws ImapSyntaxError), and gives back what will act. */
  prepare(input: CommandInput, session: Session): () => Promise<Reply>;
}

/** Makes a command from a reader of arguments and an act on them. */
export function defineCommand<A>(definition: {
  name: string;
  when: When;
  updates: Updates;
  parse: (scanner: Scanner, session: Session) => A;
  run: (session: Session, args: A) => Promise<Reply>;
}): Command {
  return {
    name: definition.name,
    when: definition.when,
    updates: definition.updates,
    prepare({ scanner }, session) {
      const args = definition.parse(scanner, session);
      scanner.end();
      return () => definition.run(session, args);
    },
  };
}

/** For commands without arguments. */
export const nothing = (): undefined => undefined;

export function ok(text: string, code?: string): Reply {
  return { status: 'OK', text, code };
}

export function no(text: string, code?: string): Reply {
  return { status: 'NO', text, code };
}

export function bad(text: string): Reply {
  return { status: 'BAD', text };
}

/** Ends a command with a tagged NO from wherever it is. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(text: string, code?: string) {
    super(text);
    this.name = 'Refusal';
    this.reply = no(text, code);
  }
}
