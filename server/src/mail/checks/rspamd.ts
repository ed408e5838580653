import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface RspamdQuestion {
  url: string;
  message: () => AsyncIterable<Buffer>;
  size: number;
  address: string;
  helo: string;
  sender: string;
  recipients: readonly string[];
  ref: string;
  timeoutMs: number;
}

export interface RspamdVerdict {
  action: 'pass' | 'junk' | 'reject' | 'defer';
  score: number;
  required: number;
  /** What rspamd tells the client. */
  text: string | undefined;
  symbols: string[];
  /** Fields that rspamd wants added, name and value. */
  fields: [name: string, value: string][];
}

/** A reply beyond this is not a verdict. */
const MAX_REPLY = 1024 * 1024;
const MAX_FIELDS = 20;
const MAX_RECIPIENTS = 100;
const MAX_SYMBOLS = 40;

/** Asks rspamd about one message (HTTP, /checkv2). Rejects when it is away or silent, or when its answer is none. */
export async function askRspamd(question: RspamdQuestion): Promise<RspamdVerdict> {
  const url = new URL('/checkv2', question.url);
  const text = await post(url, question);
  const reply: unknown = JSON.parse(text);
  if (typeof reply !== 'object' || reply === null || !('action' in reply))
    throw new Error('rspamd: no verdict');
  return readReply(new Map(Object.entries(reply)));
}

function post(url: URL, question: RspamdQuestion): Promise<string> {
  const request = url.protocol === 'https:' ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        timeout: question.timeoutMs,
        headers: {
          'Content-Length': question.size,
          'Queue-Id': question.ref,
          IP: question.address,
          Helo: header(question.helo),
          From: header(question.sender),
          Rcpt: question.recipients.slice(0, MAX_RECIPIENTS).map(header),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MAX_REPLY) sent.destroy(new Error('rspamd: the answer is too long'));
        });
        response.on('error', reject);
        response.on('end', () =>
          response.statusCode === 200 ? resolve(text) : reject(new Error(`rspamd: ${response.statusCode}`)),
        );
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('rspamd is silent')));
    sent.on('error', reject);
    pipeline(Readable.from(question.message()), sent).catch(reject);
  });
}

/** Header values of HTTP are Latin letters only. */
function header(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 500);
}

function readReply(reply: ReadonlyMap<string, unknown>): RspamdVerdict {
  const action = String(reply.get('action'));
  return {
    action: ACTIONS.get(action) ?? 'pass',
    score: number(reply.get('score')),
    required: number(reply.get('required_score')),
    text: smtpMessage(reply.get('messages')),
    symbols: Object.keys(record(reply.get('symbols'))).slice(0, MAX_SYMBOLS),
    fields: addedFields(record(reply.get('milter'))),
  };
}

/** A new subject would break the sender's signature; such mail is marked as `add header` is. */
const ACTIONS: ReadonlyMap<string, RspamdVerdict['action']> = new Map([
  ['reject', 'reject'],
  ['soft reject', 'defer'],
  ['add header', 'junk'],
  ['rewrite subject', 'junk'],
]);

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function record(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function smtpMessage(value: unknown): string | undefined {
  const text = new Map<string, unknown>(Object.entries(record(value))).get('smtp_message');
  return typeof text === 'string' ? text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200) : undefined;
}

/** `milter.add_headers`: name → value, { value } or a list of these. */
function addedFields(milter: object): [string, string][] {
  const wanted = record(new Map<string, unknown>(Object.entries(milter)).get('add_headers'));
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(wanted)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      const inner: unknown = typeof one === 'object' && one !== null && 'value' in one ? one.value : one;
      if (
        typeof inner === 'string' &&
        /^[A-Za-z][A-Za-z0-9-]{0,70}$/.test(name) &&
        fields.length < MAX_FIELDS
      )
        fields.push([
          name,
          inner
            .replace(/[\x00-\x1f\x7f]+/g, ' ')
            .trim()
            .slice(0, 800),
        ]);
    }
  }
  return fields;
}
