/** One mailbox of an address list, or the border of a group (RFC 3501 §7.4.2: `mailbox` with no host opens, both absent closes). */
export interface Address {
  /** Display name as it stands in the message: unfolded, RFC 2047 words not decoded. */
  name: string | null;
  /** Local part; the group's name when a group opens; null when it closes. */
  mailbox: string | null;
  /** Domain; null for group borders. */
  host: string | null;
}

/** IMAP's ENVELOPE (RFC 3501 §7.4.2); texts are unfolded and otherwise as they stand in the message. */
export interface Envelope {
  date: string | null;
  subject: string | null;
  from: Address[];
  /** As in the message; IMAP fills an absent Sender and Reply-To with From when answering. */
  sender: Address[];
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  bcc: Address[];
  inReplyTo: string | null;
  /** With angle brackets. */
  messageId: string | null;
}

/** Decoded parameters in order (RFC 2231 joined and decoded, RFC 2047 inside quotes accepted); names in lower case. */
export type Params = [name: string, value: string][];

/**
 * One part of a message. Offsets count octets from the start of the stored body (without the row's prefix):
 * header block `[headerStart, start)` with its empty line, content `[start, end)`.
 */
export interface MimePart {
  /** Lower case, e.g. `text`. */
  type: string;
  /** Lower case, e.g. `plain`. */
  subtype: string;
  params: Params;
  id: string | null;
  description: string | null;
  /** Lower case; `7bit` when absent. */
  encoding: string;
  disposition: { type: string; params: Params } | null;
  language: string[];
  location: string | null;
  md5: string | null;
  headerStart: number;
  start: number;
  end: number;
  /** Lines of the content, as BODYSTRUCTURE wants for text and message/rfc822. */
  lines: number;
  /** Children of a multipart. */
  parts?: MimePart[];
  /** The message inside a message/rfc822 part; its root's headerStart is this part's start. */
  message?: { envelope: Envelope; part: MimePart };
}

/** Everything that is a function of a message's bytes, made in one pass at delivery. */
export interface ParsedMessage {
  size: number;
  /** Octets of the header block, with the empty line. */
  headerSize: number;
  /** The header block, cut at 64 KiB. */
  header: Buffer;
  envelope: Envelope;
  structure: MimePart;
  /** Decoded. */
  subject: string;
  /** Without `Re:`, `Fwd:`, `[list]`, `回复:` … (RFC 5256 §2.1, plus Chinese prefixes); lower case. */
  baseSubject: string;
  /** Without angle brackets; also its own message-id first when it has one. */
  references: string[];
  /** Of the Date field; undefined when absent or unreadable. */
  sentAt: Date | undefined;
  /** First 256 characters of text that a reader would see. */
  preview: string;
  hasAttachment: boolean;
  /** Folded for search: one `name: value` line per header field. */
  headerText: string;
  /** Folded decoded text of text parts. */
  bodyText: string;
  /** False when bodyText was cut. */
  complete: boolean;
  /** Folded texts of single fields: decoded names and addresses. */
  fold: { from: string; to: string; cc: string; bcc: string; subject: string };
  /** How often `Received` stands in the header: loops. */
  received: number;
}
