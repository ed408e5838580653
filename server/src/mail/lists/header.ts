import type { ListSettings } from '@hongyan/contract';
import { fieldsOf } from '../checks/index.ts';
import { addressOf, decodeWords, encodeWords, parseAddresses, parseHeader } from '../protocol/mime/index.ts';

/** What of a list stands in the header of its mail. */
export type ListFacts = Pick<
  ListSettings,
  'name' | 'subjectPrefix' | 'replyTo' | 'rewriteFrom' | 'senders' | 'leavable'
> & { address: string };

/** The list's own take the place of another list's (RFC 2369 §4), and nobody's Return-Path is right any more. */
const DROPPED = new Set([
  'list-id',
  'list-post',
  'list-help',
  'list-owner',
  'list-subscribe',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-archive',
  'precedence',
  'errors-to',
  'return-path',
]);

/** `<zhaosheng.beichen.test>` (RFC 2919 §2). */
export function listId(address: string): string {
  return `<${address.replace('@', '.')}>`;
}

/** Has the message been through this list already? */
export function hasBeenHere(header: Buffer, address: string): boolean {
  const id = listId(address).toLowerCase();
  return parseHeader(header).some(
    (field) =>
      (field.name === 'list-id' && field.value.toLowerCase().includes(id)) ||
      (field.name === 'x-loop' && field.value.trim().toLowerCase() === address),
  );
}

/** Does the list change what its senders have signed? */
export function changesMessage(list: Pick<ListFacts, 'subjectPrefix' | 'replyTo'>): boolean {
  return list.subjectPrefix.trim() !== '' || list.replyTo === 'list';
}

/**
 * The header block of what a list sends: our checks' lines, the list's own fields (RFC 2369, 2919), then the message's with
 * the changes that the list makes. `block` ends before the empty line. With `outside` a From whose domain forbids
 * re-sending becomes the list's own where the list says so.
 */
export function listHeader(
  block: Buffer,
  checks: Buffer,
  list: ListFacts,
  options: { ownDomains: readonly string[]; outside: boolean },
): Buffer {
  const own = ownFields(list);
  const rewrite = options.outside && mustRewrite(block, checks, list, options.ownDomains);
  const replaced = new Map<string, string>();
  if (rewrite) for (const [name, value] of viaFields(block, list)) replaced.set(name, value);
  const subject = prefixedSubject(block, list.subjectPrefix.trim());
  if (subject !== undefined) replaced.set('subject', `Subject: ${subject}\r\n`);
  if (list.replyTo === 'list') replaced.set('reply-to', `Reply-To: <${list.address}>\r\n`);
  const kept: Buffer[] = [checks, Buffer.from(own)];
  for (const field of fieldsOf(block)) {
    const name = nameOf(field);
    // A block that begins with a folded line would become part of our last field.
    if (DROPPED.has(name) || field[0] === 0x20 || field[0] === 0x09) continue;
    const change = replaced.get(name);
    if (change === undefined) {
      // A line that is no field stays as it is; the block must go on being a block.
      kept.push(field.at(-1) === 0x0a ? field : Buffer.concat([field, Buffer.from('\r\n')]));
    } else if (change !== '') {
      kept.push(Buffer.from(change));
      replaced.set(name, '');
    }
  }
  for (const change of replaced.values()) if (change !== '') kept.push(Buffer.from(change));
  return Buffer.concat(kept);
}

/** The same for everybody; what is personal (List-Unsubscribe) stands before it. */
function ownFields(list: ListFacts): string {
  const owner = list.address.replace('@', '+owner@');
  return [
    `List-Id: ${phrase(list.name)} ${listId(list.address)}`,
    // RFC 2369 §3.4: NO tells that members cannot write to it.
    list.senders === 'chosen' ? 'List-Post: NO' : `List-Post: <mailto:${list.address}>`,
    `List-Help: <mailto:${owner}?subject=help>`,
    `List-Owner: <mailto:${owner}>`,
    'Precedence: list',
    `X-Loop: ${list.address}`,
    '',
  ].join('\r\n');
}

/** List-Unsubscribe with one click (RFC 2369 §3.2, RFC 8058 §3.1) of one member. */
export function leaveFields(links: { url: string; mailto: string }): string {
  return `List-Unsubscribe: <${links.url}>,\r\n <mailto:${links.mailto}?subject=leave>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`;
}

/** A display name: atoms, a quoted string, or encoded words (RFC 5322 §3.2.5). */
function phrase(text: string): string {
  if (/^[A-Za-z0-9 ]+$/.test(text)) return text;
  return /^[\x20-\x7e]*$/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : encodeWords(text);
}

function nameOf(field: Buffer): string {
  return /^([!-9;-~]+)[ \t]*:/.exec(field.toString('latin1', 0, 200))?.[1]?.toLowerCase() ?? '';
}

/** Undefined when it stays: no prefix, or the subject has it already, also behind `Re:`. */
function prefixedSubject(block: Buffer, prefix: string): string | undefined {
  if (prefix === '') return undefined;
  const raw = parseHeader(block).find((field) => field.name === 'subject')?.value ?? '';
  const text = decodeWords(raw).trim();
  if (text.toLowerCase().includes(prefix.toLowerCase())) return undefined;
  return encodeWords(`${prefix} ${text}`.trim());
}

/** Our own Authentication-Results tell the policy of the From domain; our own domains sign for themselves. */
function mustRewrite(block: Buffer, checks: Buffer, list: ListFacts, ownDomains: readonly string[]): boolean {
  if (list.rewriteFrom === 'never' || (list.rewriteFrom === 'changed' && !changesMessage(list))) return false;
  const [author] = authorsOf(block);
  const domain = author?.host?.toLowerCase();
  if (domain === undefined || ownDomains.includes(domain)) return false;
  return /\bdmarc=\w+\s+\(\s*p=(reject|quarantine)\b/i.test(checks.toString('latin1').replace(/\s+/g, ' '));
}

function authorsOf(block: Buffer) {
  const from = parseHeader(block).find((field) => field.name === 'from')?.value ?? '';
  return parseAddresses(from).filter((address) => address.host !== null);
}

/** `From: "张三 via 招生" <list>`, with answers to the author unless the message says otherwise. */
function viaFields(block: Buffer, list: ListFacts): [string, string][] {
  const authors = authorsOf(block);
  const [author] = authors;
  const shown = author ? decodeWords(author.name ?? '') || addressOf(author) : '';
  const fields: [string, string][] = [
    ['from', `From: ${phrase(`${shown} via ${list.name}`)} <${list.address}>\r\n`],
  ];
  const answered = parseHeader(block).some((field) => field.name === 'reply-to');
  if (!answered && authors.length > 0)
    fields.push(['reply-to', `Reply-To: ${authors.map((one) => `<${addressOf(one)}>`).join(', ')}\r\n`]);
  return fields;
}
