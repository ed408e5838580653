import { randomBytes } from 'node:crypto';
import { encodeWords, formatDate } from '../protocol/mime/index.ts';

export interface Part {
  type: string;
  content: string | Buffer;
  /** Keep the text as it is instead of base64: for headers of a returned message. */
  plain?: boolean;
  headers?: readonly [string, string][];
}

/** A header field whose value may hold any text. */
export function field(name: string, value: string): string {
  return `${name}: ${encodeWords(value.replace(/[\r\n]+/g, ' '))}\r\n`;
}

/** `"Name" <address>`, the name encoded when needed. */
export function mailbox(name: string, address: string): string {
  if (name === '') return `<${address}>`;
  const display = /^[A-Za-z0-9 ]+$/.test(name)
    ? name
    : /^[\x20-\x7e]*$/.test(name)
      ? `"${name.replace(/["\\]/g, '\\$&')}"`
      : encodeWords(name);
  return `${display} <${address}>`;
}

export interface Composed {
  from: string;
  to: string;
  subject: string;
  date: Date;
  messageId: string;
  extra?: readonly [string, string][];
  /** multipart/<kind>; a single part needs none. */
  kind?: string;
  parts: readonly Part[];
}

/** A whole RFC 5322 message from us. */
export function compose(message: Composed): Buffer {
  const head = [
    `From: ${message.from}\r\nTo: ${message.to}\r\n`,
    field('Subject', message.subject),
    `Date: ${formatDate(message.date)}\r\nMessage-ID: <${message.messageId}>\r\nMIME-Version: 1.0\r\n`,
    ...(message.extra ?? []).map(([name, value]) => `${name}: ${value}\r\n`),
  ];
  const [only] = message.parts;
  if (!message.kind && only) return Buffer.concat([Buffer.from(head.join('')), renderPart(only)]);
  const boundary = `=_${randomBytes(18).toString('hex')}`;
  head.push(`Content-Type: multipart/${message.kind}; boundary="${boundary}"\r\n\r\n`);
  const pieces: Buffer[] = [Buffer.from(head.join(''))];
  for (const part of message.parts)
    pieces.push(Buffer.from(`--${boundary}\r\n`), renderPart(part), Buffer.from('\r\n'));
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(pieces);
}

function renderPart(part: Part): Buffer {
  const headers = (part.headers ?? []).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  if (part.plain)
    return Buffer.concat([
      Buffer.from(`Content-Type: ${part.type}\r\n${headers}\r\n`),
      Buffer.from(part.content),
    ]);
  const base64 = Buffer.from(part.content)
    .toString('base64')
    .replace(/(.{76})/g, '$1\r\n');
  return Buffer.from(
    `Content-Type: ${part.type}\r\nContent-Transfer-Encoding: base64\r\n${headers}\r\n${base64}\r\n`,
  );
}
