import { randomBytes } from 'node:crypto';
import { formatDate } from '../../protocol/mime/index.ts';
import type { BodyWriter } from '../../store/index.ts';
import type { Blob } from '../blobs.ts';
import type { Draft, DraftPart } from './draft.ts';
import type { DraftHeader } from './draft-headers.ts';

/** Text of mostly ASCII stays readable as quoted-printable; other text is shorter as base64. */
const QUOTED_SHARE = 0.2;
/** RFC 5322 §2.1.1: 998 octets a line; encoded before that. */
const MAX_LINE = 900;

/** Writes a described message as RFC 5322 octets. `open` gives the blobs of its parts, which are known to exist. */
export async function writeMessage(
  writer: BodyWriter,
  draft: Draft,
  defaults: { date: Date; domain: string },
  open: (blobId: string) => Blob | undefined,
): Promise<void> {
  const has = (name: string) => draft.headers.some((header) => header.name.toLowerCase() === name);
  const headers = [...draft.headers];
  if (!has('date')) headers.push({ name: 'Date', value: formatDate(defaults.date) });
  if (!has('message-id')) {
    headers.push({ name: 'Message-ID', value: `<${randomBytes(16).toString('hex')}@${defaults.domain}>` });
  }
  headers.push({ name: 'MIME-Version', value: '1.0' });
  await writer.write(Buffer.from(headers.map(line).join('')));
  await writePart(writer, draft.body, open);
}

function line({ name, value }: DraftHeader): string {
  return `${name}: ${value}\r\n`;
}

async function writePart(
  writer: BodyWriter,
  part: DraftPart,
  open: (blobId: string) => Blob | undefined,
): Promise<void> {
  const { content } = part;
  if ('parts' in content) {
    const boundary = `=_${randomBytes(18).toString('hex')}`;
    await writeHead(writer, part, [['boundary', boundary]], undefined);
    for (const child of content.parts) {
      await writer.write(Buffer.from(`--${boundary}\r\n`));
      await writePart(writer, child, open);
      await writer.write(Buffer.from('\r\n'));
    }
    await writer.write(Buffer.from(`--${boundary}--\r\n`));
    return;
  }
  if ('text' in content) {
    const { encoding, body } = encodeText(content.text.replace(/\r\n|\r|\n/g, '\r\n'));
    await writeHead(writer, part, [['charset', 'utf-8']], encoding);
    await writer.write(Buffer.from(body));
    return;
  }
  const blob = open(content.blobId);
  if (!blob) throw new Error(`blob ${content.blobId} has gone`);
  // RFC 2046 §5.2.1: a message part must not be encoded.
  const plain = part.type === 'message/rfc822';
  await writeHead(writer, part, [], plain ? '8bit' : 'base64');
  for await (const chunk of plain ? blob.read() : base64(blob.read())) await writer.write(chunk);
}

async function writeHead(
  writer: BodyWriter,
  part: DraftPart,
  params: [string, string][],
  encoding: string | undefined,
): Promise<void> {
  const own = (name: string) => part.headers.some((header) => header.name.toLowerCase() === name);
  const names: [string, string][] = part.name === undefined ? [] : [['name', part.name]];
  const fields: DraftHeader[] = [];
  if (!own('content-type'))
    fields.push({ name: 'Content-Type', value: withParams(part.type, [...params, ...names]) });
  if (encoding) fields.push({ name: 'Content-Transfer-Encoding', value: encoding });
  const disposition = part.disposition ?? (part.name === undefined ? undefined : 'attachment');
  if (disposition !== undefined && !own('content-disposition')) {
    const kind = /^[a-z-]+$/.test(disposition) ? disposition : 'attachment';
    fields.push({
      name: 'Content-Disposition',
      value: withParams(
        kind,
        names.map(([, value]) => ['filename', value]),
      ),
    });
  }
  if (part.cid !== undefined)
    fields.push({ name: 'Content-ID', value: `<${part.cid.replace(/[\s<>\0-\x1f]/g, '')}>` });
  const languages = part.language.filter((tag) => /^[A-Za-z0-9-]{1,40}$/.test(tag));
  if (languages.length > 0) fields.push({ name: 'Content-Language', value: languages.join(', ') });
  if (part.location !== undefined)
    fields.push({ name: 'Content-Location', value: encodeURI(part.location.replace(/[\s\0-\x1f]/g, '')) });
  fields.push(...part.headers);
  await writer.write(Buffer.from(`${fields.map(line).join('')}\r\n`));
}

/** Parameters, each on a line of its own; beyond ASCII in RFC 2231 form. */
function withParams(value: string, params: readonly (readonly [string, string])[]): string {
  return [value, ...params.map(([name, text]) => writeParam(name, text))].join(';\r\n ');
}

function writeParam(name: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value) && value.length < 200)
    return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  const encoded = encodeURIComponent(value.toWellFormed()).replace(
    /['()*!]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const pieces = encoded.match(/(?:%[0-9A-F]{2}|[^%]){1,20}/g) ?? [''];
  if (pieces.length === 1) return `${name}*=utf-8''${encoded}`;
  return pieces
    .map((piece, index) => `${name}*${index}*=${index === 0 ? "utf-8''" : ''}${piece}`)
    .join(';\r\n ');
}

function encodeText(text: string): { encoding: string; body: string } {
  const isAscii = /^[\t\r\n\x20-\x7e]*$/.test(text);
  if (isAscii && !text.split('\r\n').some((row) => row.length > MAX_LINE))
    return { encoding: '7bit', body: text };
  const bytes = Buffer.from(text.toWellFormed(), 'utf8');
  const beyond = bytes.reduce((count, byte) => count + (byte > 126 ? 1 : 0), 0);
  if (beyond < bytes.length * QUOTED_SHARE)
    return { encoding: 'quoted-printable', body: quotedPrintable(bytes) };
  return { encoding: 'base64', body: wrap(bytes.toString('base64')) };
}

/** Quoted-printable (RFC 2045 §6.7) of text with CRLF line ends. */
function quotedPrintable(bytes: Buffer): string {
  const rows: string[] = [];
  for (const row of bytes.toString('latin1').split('\r\n')) {
    let out = '';
    for (let index = 0; index < row.length; index++) {
      const char = row.charAt(index);
      const last = index === row.length - 1;
      const safe = /[\x21-\x3c\x3e-\x7e]/.test(char) || ((char === ' ' || char === '\t') && !last);
      const piece = safe ? char : `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
      if (out.length + piece.length > 75) {
        rows.push(`${out}=`);
        out = '';
      }
      out += piece;
    }
    rows.push(out);
  }
  return rows.join('\r\n');
}

function wrap(text: string): string {
  return text.replace(/.{76}(?=.)/g, '$&\r\n');
}

/** Base64 in lines of 76, as it reads: 57 octets a line. */
async function* base64(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.length - (bytes.length % 57);
    rest = bytes.subarray(end);
    if (end > 0) yield Buffer.from(`${wrap(bytes.subarray(0, end).toString('base64'))}\r\n`);
  }
  yield Buffer.from(rest.toString('base64'));
}
