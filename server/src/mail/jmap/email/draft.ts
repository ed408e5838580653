import { invalidProperties } from '../errors.ts';
import { entriesOf, get, isObject, type Json, type JsonObject } from '../json.ts';
import { MAIL_LIMITS } from '../limits.ts';
import { type DraftHeader, readHeader } from './draft-headers.ts';

/** A body part that a client describes (RFC 8621 §4.6). */
export interface DraftPart {
  /** Lower case, e.g. `text/plain`. */
  type: string;
  headers: DraftHeader[];
  name: string | undefined;
  disposition: string | undefined;
  cid: string | undefined;
  language: string[];
  location: string | undefined;
  content: { text: string } | { blobId: string } | { parts: DraftPart[] };
}

/** A message that a client describes: its own header fields and the tree of its parts. */
export interface Draft {
  headers: DraftHeader[];
  body: DraftPart;
}

const FIELDS = new Set([
  'messageId',
  'inReplyTo',
  'references',
  'sender',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'sentAt',
]);
const BODIES = new Set(['bodyStructure', 'bodyValues', 'textBody', 'htmlBody', 'attachments']);
const OTHERS = new Set(['mailboxIds', 'keywords', 'receivedAt']);

/** Reads the properties of an Email to create. Throws invalidProperties with the names of the wrong ones. */
export function readDraft(value: JsonObject): Draft {
  const headers: DraftHeader[] = [];
  for (const [name, json] of entriesOf(value)) {
    if (BODIES.has(name) || OTHERS.has(name)) continue;
    if (!FIELDS.has(name) && !name.startsWith('header:'))
      throw invalidProperties([name], `${name} cannot be set`);
    if (/^header:content-/i.test(name))
      throw invalidProperties([name], 'Content fields belong to a body part');
    headers.push(...readHeader(name, json));
  }
  const names = headers.map((header) => header.name.toLowerCase());
  const twice = [...entriesOf(value)].map(([name]) => name).filter((name) => duplicates(name, value));
  if (twice.length > 0) throw invalidProperties(twice, 'two properties stand for the same header field');
  if (
    new Set(names.filter((name) => SINGLE.has(name))).size !== names.filter((name) => SINGLE.has(name)).length
  ) {
    throw invalidProperties(['headers'], 'a header field is given twice');
  }
  return { headers, body: readBody(value) };
}

const SINGLE = new Set(
  'from sender reply-to to cc bcc message-id in-reply-to references subject date'.split(' '),
);
const FIELD_OF = new Map([
  ['messageId', 'message-id'],
  ['inReplyTo', 'in-reply-to'],
  ['replyTo', 'reply-to'],
  ['sentAt', 'date'],
]);

function duplicates(property: string, value: JsonObject): boolean {
  const field = property.startsWith('header:')
    ? undefined
    : (FIELD_OF.get(property) ?? property.toLowerCase());
  if (field === undefined) return false;
  return entriesOf(value).some(
    ([name]) => name.toLowerCase().split(':')[1] === field && name.startsWith('header:'),
  );
}

function readBody(value: JsonObject): DraftPart {
  const texts = readValues(get(value, 'bodyValues') ?? null);
  const budget = { left: MAIL_LIMITS.maxParts };
  const structure = get(value, 'bodyStructure') ?? null;
  const lists = ['textBody', 'htmlBody', 'attachments'].filter((name) => (get(value, name) ?? null) !== null);
  if (structure !== null) {
    if (lists.length > 0)
      throw invalidProperties(['bodyStructure', ...lists], 'give either a structure or lists');
    return readPart(structure, 'bodyStructure', texts, budget);
  }
  const text = single(value, 'textBody', 'text/plain', texts, budget);
  const html = single(value, 'htmlBody', 'text/html', texts, budget);
  const attachments = list(value, 'attachments').map((part) => readPart(part, 'attachments', texts, budget));
  return assemble(text, html, attachments);
}

/** The tree that mailers expect: mixed(alternative(text, related(html, pictures)), files). */
function assemble(
  text: DraftPart | undefined,
  html: DraftPart | undefined,
  attachments: DraftPart[],
): DraftPart {
  const inline = html
    ? attachments.filter((part) => part.cid !== undefined && part.disposition !== 'attachment')
    : [];
  const files = attachments.filter((part) => !inline.includes(part));
  for (const part of files) part.disposition ??= 'attachment';
  for (const part of inline) part.disposition ??= 'inline';
  const rich = html && inline.length > 0 ? multipart('related', [html, ...inline]) : html;
  const body = text && rich ? multipart('alternative', [text, rich]) : (text ?? rich);
  if (!body && files.length === 0) return leaf('text/plain', { text: '' });
  const parts = body ? [body, ...files] : files;
  const [only] = parts;
  return only && parts.length === 1 && body ? only : multipart('mixed', parts);
}

function multipart(subtype: string, parts: DraftPart[]): DraftPart {
  return leaf(`multipart/${subtype}`, { parts });
}

function leaf(type: string, content: DraftPart['content']): DraftPart {
  return {
    type,
    headers: [],
    name: undefined,
    disposition: undefined,
    cid: undefined,
    language: [],
    location: undefined,
    content,
  };
}

function single(
  value: JsonObject,
  name: string,
  type: string,
  texts: ReadonlyMap<string, string>,
  budget: { left: number },
): DraftPart | undefined {
  const parts = list(value, name);
  if (parts.length === 0) return undefined;
  const part = readPart(parts[0] ?? null, name, texts, budget, type);
  if (parts.length > 1 || part.type !== type)
    throw invalidProperties([name], `must be one part of type ${type}`);
  return part;
}

function list(value: JsonObject, name: string): Json[] {
  const found = get(value, name) ?? null;
  if (found === null) return [];
  if (!Array.isArray(found)) throw invalidProperties([name], 'must be a list');
  return found;
}

function readValues(value: Json): Map<string, string> {
  const texts = new Map<string, string>();
  if (value === null) return texts;
  if (!isObject(value)) throw invalidProperties(['bodyValues'], 'must be an object');
  for (const [partId, body] of entriesOf(value)) {
    const text = isObject(body) ? get(body, 'value') : undefined;
    if (
      !isObject(body) ||
      typeof text !== 'string' ||
      body['isTruncated'] === true ||
      body['isEncodingProblem'] === true
    ) {
      throw invalidProperties([`bodyValues/${partId}`], 'a body value holds its whole text');
    }
    texts.set(partId, text);
  }
  return texts;
}

function readPart(
  value: Json,
  where: string,
  texts: ReadonlyMap<string, string>,
  budget: { left: number },
  defaultType?: string,
): DraftPart {
  if (!isObject(value)) throw invalidProperties([where], 'a part must be an object');
  if (--budget.left < 0) throw invalidProperties([where], 'too many parts');
  const text = (name: string): string | undefined => {
    const found = get(value, name) ?? undefined;
    if (found !== undefined && typeof found !== 'string')
      throw invalidProperties([`${where}/${name}`], 'must be a string');
    return found;
  };
  const partId = text('partId');
  const children = get(value, 'subParts') ?? null;
  const type = (
    text('type') ?? (Array.isArray(children) ? 'multipart/mixed' : (defaultType ?? 'text/plain'))
  ).toLowerCase();
  if (!/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type))
    throw invalidProperties([`${where}/type`], 'is no media type');
  const part = leaf(type, readContent(value, where, type, partId, text('blobId'), texts, budget));
  if (partId !== undefined && get(value, 'charset') !== undefined) {
    throw invalidProperties([`${where}/charset`], 'texts are sent as UTF-8');
  }
  part.name = text('name');
  part.disposition = text('disposition')?.toLowerCase();
  part.cid = text('cid');
  part.location = text('location');
  part.language = list(value, 'language').filter((tag) => typeof tag === 'string');
  if (get(value, 'headers') !== undefined)
    throw invalidProperties([`${where}/headers`], 'use header:… properties');
  for (const [name, json] of entriesOf(value)) {
    if (!name.startsWith('header:')) continue;
    if (/^header:content-transfer-encoding\b/i.test(name))
      throw invalidProperties([`${where}/${name}`], 'is ours to choose');
    part.headers.push(...readHeader(name, json));
  }
  return part;
}

function readContent(
  value: JsonObject,
  where: string,
  type: string,
  partId: string | undefined,
  blobId: string | undefined,
  texts: ReadonlyMap<string, string>,
  budget: { left: number },
): DraftPart['content'] {
  if (type.startsWith('multipart/')) {
    if (partId !== undefined || blobId !== undefined)
      throw invalidProperties([where], 'a multipart has parts only');
    return {
      parts: list(value, 'subParts').map((child) => readPart(child, `${where}/subParts`, texts, budget)),
    };
  }
  if ((partId === undefined) === (blobId === undefined)) {
    throw invalidProperties([`${where}/partId`], 'a part needs either partId or blobId');
  }
  if (blobId !== undefined) return { blobId };
  const text = texts.get(partId ?? '');
  if (text === undefined) throw invalidProperties([`${where}/partId`], 'there is no such body value');
  return { text };
}
