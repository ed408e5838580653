import { ImapSyntaxError } from './errors.ts';
import type { Scanner } from './scanner.ts';

/** What stands inside BODY[…] (RFC 3501 §6.4.5): a part number path and what of that part. */
export interface Section {
  /** Part numbers from the root; empty for the whole message. */
  part: readonly number[];
  /** `all` is the message (no part) or the part's body. */
  of: 'all' | 'header' | 'fields' | 'fieldsNot' | 'text' | 'mime';
  /** Header fields as written, for `fields` and `fieldsNot`. */
  fields: readonly string[];
}

/** `<offset.length>`: length is absent in BODY[…]<offset> answers only. */
export interface Partial {
  offset: number;
  length: number;
}

/** A structure deeper than this is not kept at delivery either, so no longer path can name anything. */
const MAX_DEPTH = 50;
const MAX_FIELDS = 200;
const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]+$/;

/** Reads `[1.2]` or `[]`, brackets included (RFC 3516 §7, section-binary). */
export function readPartNumbers(scanner: Scanner): number[] {
  const section = readSection(scanner);
  if (section.of !== 'all') throw new ImapSyntaxError('Expected part numbers');
  return [...section.part];
}

/** Reads `[…]`, brackets included. */
export function readSection(scanner: Scanner): Section {
  scanner.expect('[');
  const part: number[] = [];
  while (/\d/.test(scanner.peek())) {
    const number = scanner.number();
    if (number === 0 || part.length >= MAX_DEPTH) throw new ImapSyntaxError('Invalid part number');
    part.push(number);
    if (!scanner.accept('.')) {
      scanner.expect(']');
      return { part, of: 'all', fields: [] };
    }
  }
  if (part.length === 0 && scanner.accept(']')) return { part, of: 'all', fields: [] };
  const section = readText(scanner, part);
  scanner.expect(']');
  return section;
}

function readText(scanner: Scanner, part: readonly number[]): Section {
  if (scanner.accept('HEADER.FIELDS.NOT')) return { part, of: 'fieldsNot', fields: readFields(scanner) };
  if (scanner.accept('HEADER.FIELDS')) return { part, of: 'fields', fields: readFields(scanner) };
  if (scanner.accept('HEADER')) return { part, of: 'header', fields: [] };
  if (scanner.accept('TEXT')) return { part, of: 'text', fields: [] };
  if (part.length > 0 && scanner.accept('MIME')) return { part, of: 'mime', fields: [] };
  throw new ImapSyntaxError('Unknown section');
}

function readFields(scanner: Scanner): string[] {
  scanner.space();
  const fields = scanner.list(() => scanner.astring().toString('latin1'), MAX_FIELDS);
  if (fields.length === 0 || fields.some((field) => !FIELD_NAME.test(field))) {
    throw new ImapSyntaxError('Invalid header field name');
  }
  return fields;
}

/** Reads `<offset.length>` when it is there. */
export function readPartial(scanner: Scanner): Partial | undefined {
  if (!scanner.accept('<')) return undefined;
  const offset = scanner.number();
  scanner.expect('.');
  const length = scanner.number();
  if (length === 0) throw new ImapSyntaxError('Partial length must not be zero');
  scanner.expect('>');
  return { offset, length };
}

/** The section as an answer repeats it, e.g. `2.HEADER.FIELDS (Subject To)`. */
export function formatSection(section: Section): string {
  const names = {
    all: '',
    header: 'HEADER',
    fields: 'HEADER.FIELDS',
    fieldsNot: 'HEADER.FIELDS.NOT',
    text: 'TEXT',
    mime: 'MIME',
  };
  const name = [...section.part, ...(section.of === 'all' ? [] : [names[section.of]])].join('.');
  return section.fields.length === 0 ? name : `${name} (${section.fields.map(formatField).join(' ')})`;
}

function formatField(field: string): string {
  return /^[^(){%*"\\\]]+$/.test(field) ? field : `"${field.replace(/["\\]/g, '\\$&')}"`;
}
