import { ImapSyntaxError } from './errors.ts';
import { decodeUtf7, encodeUtf7 } from './utf7.ts';

/** The separator of our hierarchy. */
export const DELIMITER = '/';

/** A client's name is at most this long; a longer one could not be shown and bloats every LIST answer. */
export const MAX_MAILBOX_NAME = 1_000;

/**
 * Mailbox name from the wire: INBOX in any case becomes `INBOX`, a trailing delimiter (RFC 3501 §6.3.3) goes,
 * bytes above 127 must be UTF-8 and are taken as they are, everything else is modified UTF-7.
 */
export function decodeMailboxName(bytes: Buffer, utf8Accepted: boolean): string {
  const name = decodeName(bytes, utf8Accepted);
  const trimmed = name.length > 1 && name.endsWith(DELIMITER) ? name.slice(0, -1) : name;
  if (/^inbox$/i.test(trimmed)) return 'INBOX';
  return /^inbox\//i.test(trimmed) ? `INBOX${trimmed.slice(5)}` : trimmed;
}

/** As decodeMailboxName, for LIST patterns and references: case and trailing delimiter stay. */
export function decodeName(bytes: Buffer, utf8Accepted: boolean): string {
  if (bytes.length > MAX_MAILBOX_NAME * 4) throw new ImapSyntaxError('Mailbox name too long');
  const text = bytes.toString('utf8');
  // Buffer.toString replaces wrong bytes silently; a name that does not survive the way back was not UTF-8.
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw refuse('Mailbox name is not UTF-8');
  const has8bit = bytes.some((byte) => byte > 127);
  const name = utf8Accepted || has8bit ? text : decodeUtf7(text);
  if (name === undefined) throw refuse('Mailbox name is not valid modified UTF-7');
  // A control character inside a name would break lines of every client that lists it.
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name))
    throw refuse('Mailbox name holds a control character');
  return name.normalize('NFC');
}

/** Mailbox name for an answer, before quoting: modified UTF-7, or as it is once the client has enabled UTF-8. */
export function encodeMailboxName(name: string, utf8Accepted: boolean): string {
  return utf8Accepted ? name : encodeUtf7(name);
}

function refuse(message: string): ImapSyntaxError {
  return new ImapSyntaxError(message, { code: 'CANNOT', refusal: true });
}

/**
 * Does `name` match a LIST pattern (RFC 3501 §6.3.8)? `*` is anything, `%` anything but the delimiter; INBOX at the
 * start matches in any case. Linear in pattern × name: a pattern of many wildcards cannot explode.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const wanted = /^inbox(?=$|[/*%])/i.test(pattern) ? `INBOX${pattern.slice(5)}` : pattern;
  let states = closure(wanted, new Set([0]));
  for (const char of name) {
    const next = new Set<number>();
    for (const at of states) {
      const symbol = wanted[at];
      if (symbol === '*' || (symbol === '%' && char !== DELIMITER)) next.add(at);
      else if (symbol !== undefined && symbol !== '%' && wanted.startsWith(char, at))
        next.add(at + char.length);
    }
    if (next.size === 0) return false;
    states = closure(wanted, next);
  }
  return states.has(wanted.length);
}

/** Adds the states that a wildcard reaches by matching nothing. */
function closure(pattern: string, states: Set<number>): Set<number> {
  for (const at of states) {
    const symbol = pattern[at];
    // A Set that grows while it is walked visits what was added.
    if (symbol === '*' || symbol === '%') states.add(at + 1);
  }
  return states;
}
