import { ImapSyntaxError } from './errors.ts';
import { readEntryNames } from './metadata.ts';
import type { Scanner } from './scanner.ts';
import { readStatusItems, type StatusItem } from './status.ts';

/** LIST with the options of LIST-EXTENDED, -STATUS, -MYRIGHTS, -METADATA, SPECIAL-USE (RFC 5258, 5819, 8440, 9590, 6154). */
export interface ListArguments {
  subscribed: boolean;
  remote: boolean;
  recursiveMatch: boolean;
  specialUseOnly: boolean;
  reference: Buffer;
  patterns: readonly Buffer[];
  /** True when the client used the extended form, so that LIST "" "" is a pattern like others. */
  extended: boolean;
  returns: {
    subscribed: boolean;
    children: boolean;
    specialUse: boolean;
    myRights: boolean;
    metadata: readonly string[] | undefined;
    status: readonly StatusItem[] | undefined;
  };
}

const MAX_PATTERNS = 50;

/** Reads everything after `LIST `. */
export function readListArguments(scanner: Scanner): ListArguments {
  const args: ListArguments = {
    subscribed: false,
    remote: false,
    recursiveMatch: false,
    specialUseOnly: false,
    reference: Buffer.alloc(0),
    patterns: [],
    extended: false,
    returns: {
      subscribed: false,
      children: false,
      specialUse: false,
      myRights: false,
      metadata: undefined,
      status: undefined,
    },
  };
  if (scanner.peek() === '(') {
    args.extended = true;
    scanner.list(() => readSelection(scanner, args), 10);
    // RFC 5258 §3: RECURSIVEMATCH modifies another option and is refused alone.
    if (args.recursiveMatch && !args.subscribed && !args.specialUseOnly) {
      throw new ImapSyntaxError('RECURSIVEMATCH needs another selection option');
    }
    scanner.space();
  }
  args.reference = scanner.astring();
  scanner.space();
  if (scanner.peek() === '(') {
    args.extended = true;
    args.patterns = scanner.list(() => scanner.listMailbox(), MAX_PATTERNS);
    if (args.patterns.length === 0) throw new ImapSyntaxError('No mailbox pattern');
  } else args.patterns = [scanner.listMailbox()];
  if (scanner.accept(' RETURN ')) {
    args.extended = true;
    scanner.list(() => readReturn(scanner, args), 20);
  }
  return args;
}

function readSelection(scanner: Scanner, args: ListArguments): void {
  const name = scanner.keyword();
  if (name === 'SUBSCRIBED') args.subscribed = true;
  else if (name === 'REMOTE') args.remote = true;
  else if (name === 'RECURSIVEMATCH') args.recursiveMatch = true;
  else if (name === 'SPECIAL-USE') args.specialUseOnly = true;
  else throw new ImapSyntaxError(`Unknown LIST selection option ${name}`);
}

function readReturn(scanner: Scanner, args: ListArguments): void {
  const name = scanner.keyword();
  if (name === 'SUBSCRIBED') args.returns.subscribed = true;
  else if (name === 'CHILDREN') args.returns.children = true;
  else if (name === 'SPECIAL-USE') args.returns.specialUse = true;
  else if (name === 'MYRIGHTS') args.returns.myRights = true;
  else if (name === 'METADATA') {
    scanner.space();
    args.returns.metadata = readEntryNames(scanner);
  } else if (name === 'STATUS') {
    scanner.space();
    args.returns.status = readStatusItems(scanner);
  } else throw new ImapSyntaxError(`Unknown LIST return option ${name}`);
}
