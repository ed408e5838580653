import { randomBytes } from 'node:crypto';
import { type Address, addressOf, formatDate, parseAddresses, parseHeader } from '../protocol/mime/index.ts';

export interface SubmissionRules {
  now: Date;
  /** Right side of a Message-ID that we make. */
  domain: string;
  /** May the account send as this address? */
  maySendAs(address: string): boolean;
}

export type Rewritten = { ok: true; header: Buffer } | { ok: false; text: string };

/** Dropped from what our people submit: Bcc would tell (RFC 5322 §3.6.3), Return-Path is the last server's. */
const DROPPED = new Set(['bcc', 'resent-bcc', 'return-path']);

/**
 * What submission does to a header block (RFC 6409 §6, §8): From and Sender must be one's own, Bcc goes, Date and
 * Message-ID are added when missing. `block` ends before the empty line.
 */
export function rewriteHeader(block: Buffer, rules: SubmissionRules): Rewritten {
  const fields = parseHeader(block);
  const values = (name: string) => fields.filter((field) => field.name === name).map((field) => field.value);
  const from = values('from').flatMap(parseAddresses).filter(isPerson);
  if (from.length === 0) return { ok: false, text: 'The From field is missing' };
  const foreign = [...from, ...values('sender').flatMap(parseAddresses).filter(isPerson)].find(
    (address) => !rules.maySendAs(addressOf(address)),
  );
  if (foreign) return { ok: false, text: `You may not send as ${addressOf(foreign)}` };
  const added: string[] = [];
  if (values('date').length === 0) added.push(`Date: ${formatDate(rules.now)}\r\n`);
  if (values('message-id').length === 0)
    added.push(`Message-ID: <${randomBytes(16).toString('hex')}@${rules.domain}>\r\n`);
  return { ok: true, header: Buffer.concat([withoutFields(block, DROPPED), Buffer.from(added.join(''))]) };
}

function isPerson(address: Address): boolean {
  return address.host !== null;
}

/** The block without the named fields and their continuation lines; ends with a line break. */
function withoutFields(block: Buffer, names: ReadonlySet<string>): Buffer {
  const kept: Buffer[] = [];
  let at = 0;
  let dropping = false;
  while (at < block.length) {
    const newline = block.indexOf(0x0a, at);
    const end = newline < 0 ? block.length : newline + 1;
    const line = block.subarray(at, end);
    if (line[0] !== 0x20 && line[0] !== 0x09) {
      const name = /^([!-9;-~]+)[ \t]*:/.exec(line.toString('latin1'))?.[1]?.toLowerCase();
      dropping = name !== undefined && names.has(name);
    }
    if (!dropping) kept.push(line);
    at = end;
  }
  if (block.length > 0 && block.at(-1) !== 0x0a) kept.push(Buffer.from('\r\n'));
  return Buffer.concat(kept);
}

/** Splits a stream of pieces at the end of the header: collects until the empty line, then gives the rest through. */
export function createHeaderSplitter(maxBytes: number) {
  let held: Buffer = Buffer.alloc(0);
  let done = false;
  return {
    get done() {
      return done;
    },
    /** The header block once it is complete, with what follows (the empty line first); undefined before. */
    push(chunk: Buffer): { header: Buffer; rest: Buffer } | 'too_large' | undefined {
      const from = Math.max(0, held.length - 3);
      held = Buffer.concat([held, chunk]);
      const start = held[0] === 0x0d && held[1] === 0x0a ? 0 : undefined;
      const found = held.indexOf('\r\n\r\n', from);
      if (start === undefined && found < 0) return held.length > maxBytes ? 'too_large' : undefined;
      const at = start ?? found + 2;
      done = true;
      return { header: held.subarray(0, at), rest: held.subarray(at) };
    },
    /** The message ended inside its header. */
    finish(): { header: Buffer; rest: Buffer } {
      done = true;
      return { header: held, rest: Buffer.from('\r\n') };
    },
  };
}
