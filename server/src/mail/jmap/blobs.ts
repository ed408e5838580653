import { decodeTransfer, findPart, type MimePart } from '../protocol/mime/index.ts';
import type { Scope } from '../store/index.ts';
import type { Context } from './context.ts';
import { fileName, mediaType } from './email/parts.ts';
import * as ids from './ids.ts';
import { findUpload } from './uploads.store.ts';

/** A blob that is there and that the account may read. */
export interface Blob {
  /** Media type as far as we know it. */
  type: string;
  name: string | null;
  /** Octets; undefined when only reading tells. */
  size: number | undefined;
  read(): AsyncIterable<Buffer>;
}

type Deps = Pick<Context['deps'], 'db' | 'store' | 'blobs'> & Partial<Pick<Context['deps'], 'filters'>>;

/** Opens a blob by its id; undefined when there is none, or not for this account. */
export async function openBlob(deps: Deps, scope: Scope, id: string): Promise<Blob | undefined> {
  const blob = ids.readBlobId(id);
  if (!blob) return undefined;
  if (blob.kind === 'script') return openScript(deps, scope, blob.scriptId, blob.version);
  if (blob.kind === 'upload') return openUpload(deps, scope, Buffer.from(blob.hash, 'hex'));
  // A message whose last entry is gone is kept for restore, but is nobody's to read.
  const [email] = await deps.store.emails(deps.db, scope, [blob.messageId]);
  if (!email) return undefined;
  const part = blob.kind === 'part' ? findPart(email.structure, blob.path) : undefined;
  if (blob.kind === 'part' && !part) return undefined;
  const message = await deps.store.open(deps.db, scope.accountId, blob.messageId);
  if (!message) return undefined;
  if (!part) return { type: 'message/rfc822', name: null, size: message.size, read: () => message.read() };
  const range = [part.start + message.prefixSize, part.end + message.prefixSize] as const;
  return {
    type: mediaType(part),
    name: fileName(part),
    size: isEncoded(part) ? undefined : part.end - part.start,
    read: () => (isEncoded(part) ? decoded(message.read(...range), part) : message.read(...range)),
  };
}

/** The text of a Sieve script, as long as it is the one that the id was made for. */
async function openScript(
  deps: Deps,
  scope: Scope,
  scriptId: number,
  version: number,
): Promise<Blob | undefined> {
  const script = await deps.filters?.scripts.find(deps.db, scope.accountId, { id: scriptId });
  if (!script || script.changedAt.getTime() !== version) return undefined;
  const bytes = Buffer.from(script.content);
  return {
    type: 'application/sieve',
    name: `${script.name}.sieve`,
    size: bytes.length,
    async *read() {
      yield bytes;
    },
  };
}

async function openUpload(deps: Deps, scope: Scope, hash: Buffer): Promise<Blob | undefined> {
  const upload = await findUpload(deps.db, scope.accountId, hash);
  if (!upload || !(await deps.blobs.has(hash))) return undefined;
  return {
    type: 'application/octet-stream',
    name: null,
    size: upload.size,
    read: () => deps.blobs.open(hash),
  };
}

function isEncoded(part: MimePart): boolean {
  return part.encoding === 'base64' || part.encoding === 'quoted-printable';
}

/** Decodes as it reads. Base64 is cut at whole groups of four, quoted-printable at line ends. */
async function* decoded(source: AsyncIterable<Buffer>, part: MimePart): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = part.encoding === 'base64' ? withoutBreaks(rest, chunk) : Buffer.concat([rest, chunk]);
    const end = part.encoding === 'base64' ? bytes.length - (bytes.length % 4) : lineEnd(bytes);
    rest = bytes.subarray(end);
    if (end > 0) yield decodeTransfer(bytes.subarray(0, end), part.encoding);
  }
  if (rest.length > 0) yield decodeTransfer(rest, part.encoding);
}

function withoutBreaks(rest: Buffer, chunk: Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(
    rest.toString('latin1') + chunk.toString('latin1').replace(/[^A-Za-z0-9+/=]/g, ''),
    'latin1',
  );
}

/** A line longer than this is decoded in pieces all the same, so that memory stays bounded. */
const MAX_LINE = 1_048_576;

function lineEnd(bytes: Buffer): number {
  const end = bytes.lastIndexOf(0x0a) + 1;
  return end === 0 && bytes.length > MAX_LINE ? bytes.length : end;
}
