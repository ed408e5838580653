import { parseDateTime } from './date.ts';
import { ImapSyntaxError } from './errors.ts';
import { type FlagList, flagList, readFlags } from './flags.ts';
import { type CommandPiece, literalMarker, Scanner } from './scanner.ts';

/** What precedes one message literal of APPEND. */
export interface AppendOptions {
  flags: FlagList;
  /** INTERNALDATE asked for; undefined = now. */
  date: Date | undefined;
  /** The message stands inside `UTF8 (…)` (RFC 6855 §4): a parenthesis follows its literal. */
  utf8: boolean;
}

/** Reads `[(flags) ][date-time ]` up to the end of the line, where the message literal follows (RFC 3501 §6.3.11). */
export function readAppendOptions(scanner: Scanner): AppendOptions {
  let flags = flagList([]);
  let date: Date | undefined;
  if (scanner.peek() === '(') {
    flags = readFlags(scanner);
    scanner.space();
  }
  if (scanner.peek() === '"') {
    date = parseDateTime(scanner.string().toString('latin1'));
    scanner.space();
  }
  return { flags, date, utf8: scanner.accept('UTF8 (') };
}

/**
 * Is the literal that ends `line` the message of an APPEND or REPLACE (RFC 8508) rather than an argument of the command? Messages are
 * streamed to the body store, arguments are collected in memory. `before` holds the pieces read so far.
 */
export function isMessageLiteral(before: readonly CommandPiece[], line: Buffer): boolean {
  const marker = literalMarker(line);
  if (!marker) return false;
  const scanner = new Scanner([...before, { line: line.subarray(0, marker.start), literal: undefined }]);
  try {
    scanner.match(/[^ ]+ /y, 'tag');
    if (scanner.accept('UID REPLACE ') || scanner.accept('REPLACE ')) scanner.match(/[\d*$]+ /y, 'message');
    else if (!scanner.accept('APPEND ')) return false;
    // The mailbox itself as a literal: nothing but the command precedes it.
    if (scanner.atEnd()) return false;
    scanner.astring();
    scanner.space();
    return true;
  } catch (error) {
    if (error instanceof ImapSyntaxError) return false;
    throw error;
  }
}
