/** What is wrong with a script, and where: told to the person who wrote it. */
export class SieveError extends Error {
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'SieveError';
    this.line = line;
  }
}

/** A script that compiled but went wrong with this message; the message is kept (RFC 5228 §2.10.6). */
export class SieveRunError extends SieveError {
  constructor(line: number, message: string) {
    super(line, message);
    this.name = 'SieveRunError';
  }
}
