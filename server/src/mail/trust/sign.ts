import { createHash, type KeyObject, sign as signBytes } from 'node:crypto';
import { createBodyHash, fieldName, relaxedField, splitFields } from '../protocol/dkim/index.ts';

export interface SigningKey {
  domain: string;
  selector: string;
  algorithm: 'rsa' | 'ed25519';
  key: KeyObject;
}

/** Signed when present, and once more than present, so that none can be added (RFC 6376 §5.4.1, §8.15). */
const OVERSIGNED = ['from', 'sender', 'reply-to', 'to', 'cc', 'subject', 'date', 'message-id', 'in-reply-to'];
const OVERSIGNED_MIME = ['references', 'mime-version', 'content-type', 'content-transfer-encoding'];
/** Signed when present. */
const SIGNED = [
  'resent-from',
  'resent-to',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'auto-submitted',
];

/** A message's header (fields with CRLF) and the hash of its body, read once for all keys. */
export interface Digest {
  fields: string[];
  bodyHash: string;
}

/** A header block larger than this is not signed: it is held in memory. */
const MAX_HEADER = 1024 * 1024;

/** Reads a message once; undefined when its header does not end within bounds. */
export async function digestMessage(message: AsyncIterable<Buffer>): Promise<Digest | undefined> {
  const body = createBodyHash();
  let fields: string[] | undefined;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of message) {
    if (fields) {
      body.update(chunk);
      continue;
    }
    held = Buffer.concat([held, chunk]);
    const end = held.indexOf('\r\n\r\n');
    if (end < 0 && held.length > MAX_HEADER) return undefined;
    if (end < 0) continue;
    fields = splitFields(held.toString('latin1', 0, end + 2));
    body.update(held.subarray(end + 4));
  }
  return { fields: fields ?? splitFields(held.toString('latin1')), bodyHash: body.digest() };
}

/** One DKIM-Signature field with CRLF (RFC 6376 §3.5, RFC 8463); the public-key operation runs off the main thread. */
export async function signDigest(digest: Digest, key: SigningKey, now: Date): Promise<string> {
  const counts = new Map<string, number>();
  for (const field of digest.fields) {
    const name = fieldName(field);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...OVERSIGNED, ...OVERSIGNED_MIME].flatMap((name) =>
    Array<string>((counts.get(name) ?? 0) + 1).fill(name),
  );
  names.push(...SIGNED.flatMap((name) => Array<string>(counts.get(name) ?? 0).fill(name)));
  const unsigned = [
    `DKIM-Signature: v=1; a=${key.algorithm}-sha256; c=relaxed/relaxed; d=${key.domain};`,
    ` s=${key.selector}; t=${Math.floor(now.getTime() / 1000)};`,
    ` h=${foldNames(names)};`,
    ` bh=${digest.bodyHash};`,
    ' b=',
  ].join('\r\n');
  const input = `${selectFields(digest.fields, names)}${relaxedField(unsigned)}`;
  const signature = await signText(input, key);
  return `${unsigned}${signature.replace(/(.{72})(?=.)/g, '$1\r\n  ')}\r\n`;
}

/** The signed fields in the order of h=, the last one of a name first (RFC 6376 §5.4.2). */
function selectFields(fields: readonly string[], names: readonly string[]): string {
  const byName = new Map<string, string[]>();
  for (const field of fields) {
    const name = fieldName(field);
    byName.set(name, [...(byName.get(name) ?? []), field]);
  }
  return names
    .map((name) => byName.get(name)?.pop())
    .filter((field) => field !== undefined)
    .map((field) => `${relaxedField(field)}\r\n`)
    .join('');
}

function foldNames(names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < 68) lines[lines.length - 1] = `${last}:${name}`;
    else lines.push(name);
  }
  return lines.join(':\r\n  ');
}

/** Ed25519 signs the hash of what RSA signs (RFC 8463 §3). */
function signText(text: string, { algorithm, key }: SigningKey): Promise<string> {
  const bytes = Buffer.from(text, 'latin1');
  const act = (how: 'sha256' | undefined, data: Buffer) =>
    new Promise<string>((resolve, reject) =>
      signBytes(how, data, key, (error, signature) =>
        error ? reject(error) : resolve(signature.toString('base64')),
      ),
    );
  return algorithm === 'rsa'
    ? act('sha256', bytes)
    : act(undefined, createHash('sha256').update(bytes).digest());
}
