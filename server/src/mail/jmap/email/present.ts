import { type Email, type Entry, FLAG, type Message } from '../../store/index.ts';
import { invalidArguments } from '../errors.ts';
import * as ids from '../ids.ts';
import type { Arguments, Json, JsonObject } from '../json.ts';
import { bodyValues, readValueOptions, type ValueOptions } from './body-values.ts';
import {
  dateText,
  type HeaderProperty,
  headerValue,
  messageIds,
  presentAddresses,
  type RawHeader,
  rawHeaders,
  readHeaderProperty,
  utc,
} from './headers.ts';
import {
  bodyLists,
  DEFAULT_PART_PROPERTIES,
  numberParts,
  PART_PROPERTIES,
  type PartSource,
  presentPart,
} from './parts.ts';

const ENTRY_PROPERTIES = ['id', 'blobId', 'threadId', 'mailboxIds', 'keywords', 'size', 'receivedAt'];
const FIELD_PROPERTIES = 'messageId inReplyTo references sender from to cc bcc replyTo subject sentAt'.split(
  ' ',
);
const BODY_PROPERTIES = 'bodyStructure bodyValues textBody htmlBody attachments hasAttachment preview'.split(
  ' ',
);
const KNOWN = new Set([...ENTRY_PROPERTIES, ...FIELD_PROPERTIES, ...BODY_PROPERTIES, 'headers']);
const DEFAULTS = [
  ...ENTRY_PROPERTIES,
  ...FIELD_PROPERTIES,
  'hasAttachment',
  'preview',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
];
/** Email/parse has none of the properties that belong to a stored Email (RFC 8621 §4.9). */
const PARSE_DEFAULTS = [
  ...FIELD_PROPERTIES,
  'hasAttachment',
  'preview',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
];

/** What of an Email is asked for, and what must be read for it. */
export interface EmailView {
  properties: ReadonlySet<string>;
  headerProperties: readonly HeaderProperty[];
  partProperties: ReadonlySet<string>;
  values: ValueOptions;
  needsHeader: boolean;
  needsBody: boolean;
}

export function readView(args: Arguments, stored: boolean): EmailView {
  const wanted = args.strings('properties') ?? (stored ? DEFAULTS : PARSE_DEFAULTS);
  const properties = new Set(stored ? ['id', ...wanted] : wanted);
  const headerProperties: HeaderProperty[] = [];
  for (const property of properties) {
    const header = readHeaderProperty(property);
    if (header) headerProperties.push(header);
    else if (!KNOWN.has(property)) throw invalidArguments(`unknown property ${property}`, ['properties']);
  }
  const partProperties = new Set(args.strings('bodyProperties') ?? DEFAULT_PART_PROPERTIES);
  for (const property of partProperties) {
    if (!readHeaderProperty(property) && !PART_PROPERTIES.has(property)) {
      throw invalidArguments(`unknown property ${property}`, ['bodyProperties']);
    }
  }
  const values = readValueOptions(args);
  const listsParts = ['bodyStructure', 'textBody', 'htmlBody', 'attachments'].some((name) =>
    properties.has(name),
  );
  return {
    properties,
    headerProperties,
    partProperties,
    values,
    needsHeader: headerProperties.length > 0 || properties.has('headers') || properties.has('references'),
    needsBody: listsParts || (properties.has('bodyValues') && (values.text || values.html || values.all)),
  };
}

/** Properties of the stored row and its entries. */
export function presentEntries(email: Email, wanted: ReadonlySet<string>): JsonObject {
  const all = {
    id: ids.emailId(email.messageId),
    blobId: ids.blobIdText({ kind: 'message', messageId: email.messageId }),
    threadId: ids.threadId(email.threadId),
    mailboxIds: Object.fromEntries(email.entries.map((entry) => [ids.mailboxId(entry.mailboxId), true])),
    keywords: presentKeywords(email.entries),
    size: email.size,
    receivedAt: utc(email.receivedAt),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)));
}

const KEYWORDS: readonly (readonly [number, string])[] = [
  [FLAG.seen, '$seen'],
  [FLAG.answered, '$answered'],
  [FLAG.flagged, '$flagged'],
  [FLAG.draft, '$draft'],
];

/** Keywords of an Email: those that any of its entries has (RFC 8621 §4.1.1). */
function presentKeywords(entries: readonly Entry[]): Json {
  const found = new Map<string, true>();
  for (const entry of entries) {
    for (const [bit, name] of KEYWORDS) if ((entry.flags & bit) !== 0) found.set(name, true);
    for (const keyword of entry.keywords) found.set(keyword.toLowerCase(), true);
  }
  return Object.fromEntries(found);
}

/** Reads a keyword of the wire: one of the flags, or a keyword of the store. */
export function keywordBit(keyword: string): number {
  return KEYWORDS.find(([, name]) => name === keyword.toLowerCase())?.[0] ?? 0;
}

/** Properties of the message itself: header fields and bodies. */
export async function presentMessage(
  message: Pick<Message, 'envelope' | 'structure' | 'subject' | 'preview' | 'hasAttachment'>,
  header: Buffer | undefined,
  view: EmailView,
  source: PartSource,
): Promise<JsonObject> {
  const headers = header ? rawHeaders(header) : [];
  const values = new Map<string, Json>();
  for (const [name, value] of Object.entries(fields(message, headers))) values.set(name, value);
  values.set('hasAttachment', message.hasAttachment);
  values.set('preview', message.preview);
  values.set(
    'headers',
    headers.map(({ name, value }) => ({ name, value })),
  );
  for (const property of view.headerProperties) values.set(property.property, headerValue(headers, property));
  const root = numberParts(message.structure);
  const lists = bodyLists(root);
  for (const name of ['textBody', 'htmlBody', 'attachments'] as const) {
    if (!view.properties.has(name)) continue;
    values.set(
      name,
      await Promise.all(lists[name].map((part) => presentPart(part, view.partProperties, source, false))),
    );
  }
  if (view.properties.has('bodyStructure')) {
    values.set('bodyStructure', await presentPart(root, view.partProperties, source, true));
  }
  if (view.properties.has('bodyValues'))
    values.set('bodyValues', await bodyValues(root, view.values, source));
  return Object.fromEntries([...values].filter(([name]) => view.properties.has(name)));
}

/** Convenience properties (RFC 8621 §4.1.3), from the stored envelope. */
function fields(
  message: Pick<Message, 'envelope' | 'subject'>,
  headers: readonly RawHeader[],
): Record<string, Json> {
  const { envelope } = message;
  const addresses = (list: typeof envelope.from): Json => (list.length === 0 ? null : presentAddresses(list));
  const references = headers.findLast((header) => header.name.toLowerCase() === 'references');
  return {
    messageId: envelope.messageId === null ? null : messageIds(envelope.messageId),
    inReplyTo: envelope.inReplyTo === null ? null : messageIds(envelope.inReplyTo),
    references: references ? messageIds(references.value) : null,
    sender: addresses(envelope.sender),
    from: addresses(envelope.from),
    to: addresses(envelope.to),
    cc: addresses(envelope.cc),
    bcc: addresses(envelope.bcc),
    replyTo: addresses(envelope.replyTo),
    subject: envelope.subject === null ? null : message.subject,
    sentAt: envelope.date === null ? null : dateText(envelope.date),
  };
}
