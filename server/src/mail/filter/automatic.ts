import { addressOf, type HeaderField, parseAddresses } from '../protocol/mime/index.ts';

/** Senders that answer nobody and must get no answer (RFC 3834 §2, RFC 5230 §4.6). */
const NOBODY =
  /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply-.*|listserv|majordomo|mdaemon|bounces?|owner-.*|.*-(?:request|bounces?|owner|relay)|srs[01][=+-].*)$/i;

/** May this message be answered automatically (RFC 3834)? Says why not. */
export function whyNoReply(sender: string, fields: readonly HeaderField[]): string | undefined {
  const at = sender.lastIndexOf('@');
  if (at <= 0) return 'it has no sender';
  if (NOBODY.test(sender.slice(0, at).replace(/\+.*$/, ''))) return 'its sender is a program';
  const value = (name: string) => fields.find((field) => field.name === name)?.value.toLowerCase();
  const auto = value('auto-submitted');
  if (auto !== undefined && !/^no\b/.test(auto)) return 'it was sent by a program';
  if (fields.some((field) => /^list-(?:id|help|subscribe|unsubscribe|post|owner|archive)$/.test(field.name)))
    return 'it came over a list';
  if (/^(?:bulk|list|junk)\b/.test(value('precedence') ?? '')) return 'it was sent to many';
  if (/\b(?:all|oof|autoreply)\b/.test(value('x-auto-response-suppress') ?? ''))
    return 'its sender wants no reply';
  return undefined;
}

const ADDRESSED = new Set(['to', 'cc', 'bcc', 'resent-to', 'resent-cc', 'resent-bcc']);

/** Is one of the addresses named in the header (RFC 5230 §4.5)? Others' mail is not answered in one's name. */
export function isAddressed(fields: readonly HeaderField[], addresses: ReadonlySet<string>): boolean {
  return fields
    .filter((field) => ADDRESSED.has(field.name))
    .some((field) => parseAddresses(field.value).some((one) => addresses.has(addressOf(one).toLowerCase())));
}
