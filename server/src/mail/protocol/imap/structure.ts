import type { Address, Envelope, MimePart, Params } from '../mime/types.ts';
import { formatString, formatText } from './format.ts';

/** ENVELOPE (RFC 3501 §7.4.2): Sender and Reply-To default to From. */
export function formatEnvelope(envelope: Envelope): string {
  const { from } = envelope;
  const sender = envelope.sender.length > 0 ? envelope.sender : from;
  const replyTo = envelope.replyTo.length > 0 ? envelope.replyTo : from;
  const parts = [
    formatText(envelope.date),
    formatText(envelope.subject),
    formatAddresses(from),
    formatAddresses(sender),
    formatAddresses(replyTo),
    formatAddresses(envelope.to),
    formatAddresses(envelope.cc),
    formatAddresses(envelope.bcc),
    formatText(envelope.inReplyTo),
    formatText(envelope.messageId),
  ];
  return `(${parts.join(' ')})`;
}

function formatAddresses(list: readonly Address[]): string {
  if (list.length === 0) return 'NIL';
  // Address: name, source route (never used), mailbox, host.
  return `(${list.map((a) => `(${formatText(a.name)} NIL ${formatText(a.mailbox)} ${formatText(a.host)})`).join('')})`;
}

/** BODYSTRUCTURE, or BODY when `extensible` is false (RFC 3501 §7.4.2). */
export function formatStructure(part: MimePart, extensible: boolean): string {
  return part.parts && part.parts.length > 0
    ? formatMultipart(part, part.parts, extensible)
    : formatSingle(part, extensible);
}

function formatMultipart(part: MimePart, children: readonly MimePart[], extensible: boolean): string {
  const inner = children.map((child) => formatStructure(child, extensible)).join('');
  const subtype = formatText(part.subtype.toUpperCase());
  if (!extensible) return `(${inner} ${subtype})`;
  return `(${inner} ${subtype} ${formatParams(part.params)} ${formatTail(part)})`;
}

function formatSingle(part: MimePart, extensible: boolean): string {
  // A multipart without parts cannot be told as one: its grammar wants at least one body.
  const [type, subtype] = part.type === 'multipart' ? ['text', 'plain'] : [part.type, part.subtype];
  const fields = [
    formatText(type.toUpperCase()),
    formatText(subtype.toUpperCase()),
    formatParams(part.params),
    formatText(part.id),
    formatText(part.description),
    formatText(part.encoding.toUpperCase()),
    String(part.end - part.start),
  ];
  if (type === 'message' && part.message) {
    fields.push(
      formatEnvelope(part.message.envelope),
      formatStructure(part.message.part, extensible),
      String(part.lines),
    );
  } else if (type === 'text') fields.push(String(part.lines));
  if (extensible) fields.push(formatText(part.md5), formatTail(part));
  return `(${fields.join(' ')})`;
}

/** Disposition, language, location: the extension data that singles and multiparts share. */
function formatTail(part: MimePart): string {
  const disposition = part.disposition
    ? `(${formatText(part.disposition.type.toUpperCase())} ${formatParams(part.disposition.params)})`
    : 'NIL';
  const languages = part.language.map((language) => formatText(language));
  const language = languages.length > 1 ? `(${languages.join(' ')})` : (languages[0] ?? 'NIL');
  return `${disposition} ${language} ${formatText(part.location)}`;
}

/** Values beyond ASCII are told in RFC 2231 form, which every client reads, in place of raw octets. */
function formatParams(params: Params): string {
  if (params.length === 0) return 'NIL';
  const pairs = params.map(([name, value]) =>
    /^[\x20-\x7e]*$/.test(value)
      ? `${formatString(name.toUpperCase())} ${formatString(value)}`
      : `${formatString(`${name.toUpperCase()}*`)} ${formatString(`utf-8''${encodeExtended(value)}`)}`,
  );
  return `(${pairs.join(' ')})`;
}

function encodeExtended(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /['()*!]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
