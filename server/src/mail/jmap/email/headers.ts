import { type Address, decodeWords, parseAddresses, parseDate } from '../../protocol/mime/index.ts';
import { invalidArguments } from '../errors.ts';
import type { Json } from '../json.ts';

/** One header field: name as it stands, value from behind the colon, folds and all (RFC 8621 §4.1.2.1). */
export interface RawHeader {
  name: string;
  value: string;
}

/** More fields than this are not looked at; a real message has some dozens. */
const MAX_FIELDS = 2_000;

/** Splits a header block; octets beyond ASCII are read as UTF-8. */
export function rawHeaders(block: Buffer): RawHeader[] {
  const found: RawHeader[] = [];
  let current: RawHeader | undefined;
  for (const line of block.toString('utf8').split(/\r?\n/)) {
    if (line === '') break;
    if (/^[ \t]/.test(line)) {
      if (current) current.value += `\r\n${line}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    if (found.length >= MAX_FIELDS) break;
    current = { name: line.slice(0, colon).trimEnd(), value: line.slice(colon + 1) };
    found.push(current);
  }
  return found;
}

const FORMS = [
  'asRaw',
  'asText',
  'asAddresses',
  'asGroupedAddresses',
  'asMessageIds',
  'asDate',
  'asURLs',
] as const;
export type HeaderForm = (typeof FORMS)[number];

/** A property `header:Name:asForm:all` (RFC 8621 §4.1.3). */
export interface HeaderProperty {
  property: string;
  name: string;
  form: HeaderForm;
  all: boolean;
}

/** Reads a header property; undefined when the name is not of that kind. Throws invalidArguments for a wrong form. */
export function readHeaderProperty(property: string): HeaderProperty | undefined {
  if (!property.startsWith('header:')) return undefined;
  const [, name = '', ...rest] = property.split(':');
  const all = rest.at(-1) === 'all';
  const [form = 'asRaw', ...more] = all ? rest.slice(0, -1) : rest;
  const known = FORMS.find((candidate) => candidate === form);
  if (
    !/^[\x21-\x39\x3b-\x7e]+$/.test(name) ||
    !known ||
    more.length > 0 ||
    !allowed(name.toLowerCase(), known)
  ) {
    throw invalidArguments(`invalid header property ${property}`, ['properties']);
  }
  return { property, name, form: known, all };
}

const ADDRESS_FIELDS = new Set(
  'from sender reply-to to cc bcc resent-from resent-sender resent-reply-to resent-to resent-cc resent-bcc'.split(
    ' ',
  ),
);
const ID_FIELDS = new Set(['message-id', 'in-reply-to', 'references', 'resent-message-id']);
const DATE_FIELDS = new Set(['date', 'resent-date']);
const URL_FIELDS = new Set(
  'list-help list-unsubscribe list-subscribe list-post list-owner list-archive'.split(' '),
);
const TEXT_FIELDS = new Set(['subject', 'comments', 'keywords', 'list-id']);

/** Fields that RFC 5322 or RFC 2369 define have their own forms; any other field may be read in every form (§4.1.2). */
function allowed(name: string, form: HeaderForm): boolean {
  if (form === 'asRaw') return true;
  if (ADDRESS_FIELDS.has(name)) return form === 'asAddresses' || form === 'asGroupedAddresses';
  if (ID_FIELDS.has(name)) return form === 'asMessageIds';
  if (DATE_FIELDS.has(name)) return form === 'asDate';
  if (URL_FIELDS.has(name)) return form === 'asURLs';
  return TEXT_FIELDS.has(name)
    ? form === 'asText'
    : name !== 'received' && name !== 'return-path'
      ? true
      : form === 'asText';
}

/** The value of a header property; the last field counts unless `all`. */
export function headerValue(headers: readonly RawHeader[], wanted: HeaderProperty): Json {
  const name = wanted.name.toLowerCase();
  const values = headers.filter((header) => header.name.toLowerCase() === name).map((header) => header.value);
  if (wanted.all) return values.map((value) => formed(value, wanted.form));
  const last = values.at(-1);
  return last === undefined ? null : formed(last, wanted.form);
}

export function formed(value: string, form: HeaderForm): Json {
  switch (form) {
    case 'asRaw':
      return value;
    case 'asText':
      return textOf(value);
    case 'asAddresses':
      return presentAddresses(parseAddresses(unfold(value)));
    case 'asGroupedAddresses':
      return groupsOf(parseAddresses(unfold(value)));
    case 'asMessageIds':
      return messageIds(value);
    case 'asDate':
      return dateText(unfold(value));
    case 'asURLs':
      return [...unfold(value).matchAll(/<\s*([^<>\s]+)\s*>/g)].map((match) => match[1] ?? '');
  }
}

export function unfold(value: string): string {
  return value.replace(/\r?\n/g, '').trim();
}

function textOf(value: string): string {
  return decodeWords(unfold(value)).normalize('NFC');
}

/** `<a@b> <c@d>` without the brackets; null when there is none. */
export function messageIds(value: string): string[] | null {
  const found = [...unfold(value).matchAll(/<\s*([^<>\s]+)\s*>/g)].map((match) => match[1] ?? '');
  return found.length === 0 ? null : found;
}

/** A Date field in RFC 3339 form with the zone that it was written in; null when it cannot be read. */
export function dateText(value: string): string | null {
  const date = parseDate(value);
  if (!date) return null;
  const zone = /([+-])(\d{2})(\d{2})\s*(?:\(.*\))?\s*$/.exec(value);
  if (!zone || (zone[2] === '00' && zone[3] === '00')) return utc(date);
  const minutes = (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
  return `${new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19)}${zone[1]}${zone[2]}:${zone[3]}`;
}

/** UTCDate (RFC 8620 §1.4), whole seconds. */
export function utc(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** EmailAddress objects; group borders are left out (RFC 8621 §4.1.2.3). */
export function presentAddresses(list: readonly Address[]): Json[] {
  return list.filter((address) => address.host !== null).map(presentAddress);
}

function presentAddress(address: Address): Json {
  const name = address.name === null ? null : decodeWords(address.name).trim();
  return { name: name === '' ? null : name, email: `${address.mailbox ?? ''}@${address.host ?? ''}` };
}

/** EmailAddressGroup objects (§4.1.2.4); addresses outside groups stand in groups without a name. */
function groupsOf(list: readonly Address[]): Json[] {
  const groups: { name: string | null; addresses: Json[] }[] = [];
  let open: { name: string | null; addresses: Json[] } | undefined;
  for (const address of list) {
    if (address.host === null) {
      if (address.mailbox === null) open = undefined;
      else {
        open = { name: decodeWords(address.mailbox), addresses: [] };
        groups.push(open);
      }
      continue;
    }
    let group = open ?? groups.at(-1);
    if (!group || (!open && group.name !== null)) {
      group = { name: null, addresses: [] };
      groups.push(group);
    }
    group.addresses.push(presentAddress(address));
  }
  return groups;
}
