import { type Field, joinFields, type SieveMessage } from '../protocol/sieve/index.ts';
import type { LocalMessage } from '../queue/index.ts';
import type { Store, StoredBody } from '../store/index.ts';

/** The message as scripts see it: what our checks put on top, then its own header. */
export function sieveMessage(store: Store, message: LocalMessage, recipient: string): SieveMessage {
  const { body } = message;
  return {
    size: body.size,
    header: Buffer.concat([message.header, ownHeader(body)]),
    envelope: { from: message.sender, to: recipient },
    structure: body.parsed.structure,
    read: (start, end) => readRange(store, body, start, end),
  };
}

/** The header block without its empty line. */
function ownHeader({ parsed }: StoredBody): Buffer {
  const { header } = parsed;
  for (const end of ['\r\n\r\n', '\n\n']) {
    if (header.toString('latin1', Math.max(0, header.length - end.length)) === end)
      return header.subarray(0, header.length - end.length / 2);
  }
  return header.toString('latin1') === '\r\n' ? Buffer.alloc(0) : header;
}

async function readRange(store: Store, body: StoredBody, start: number, end: number): Promise<Buffer> {
  if (start >= end) return Buffer.alloc(0);
  if (body.data) return body.data.subarray(start, end);
  const pieces: Buffer[] = [];
  let at = 0;
  for await (const piece of store.readBody(body)) {
    const next = at + piece.length;
    if (next > start) pieces.push(piece.subarray(Math.max(0, start - at), Math.min(piece.length, end - at)));
    at = next;
    if (at >= end) break;
  }
  return Buffer.concat(pieces);
}

/**
 * The message with an edited header. Lines of our checks stay before the body as they are; undefined when the header is
 * too large to have been read whole, since then nothing may be taken from it.
 */
export async function editedBody(
  store: Store,
  message: LocalMessage,
  fields: readonly Field[],
): Promise<StoredBody | undefined> {
  const { body } = message;
  if (body.parsed.headerSize > body.parsed.header.length) return undefined;
  const checks = checkLines(message.header, fields);
  const writer = store.newBody();
  await writer.write(joinFields(fields.filter((field) => !checks.has(field))));
  await writer.write(Buffer.from('\r\n'));
  let at = 0;
  const from = body.parsed.headerSize;
  for await (const piece of body.data ? [body.data] : store.readBody(body)) {
    if (at + piece.length > from) await writer.write(piece.subarray(Math.max(0, from - at)));
    at += piece.length;
  }
  return writer.finish();
}

/** The fields that came from our checks: as many at the top as there are lines of theirs, wherever others were put. */
function checkLines(header: Buffer, fields: readonly Field[]): Set<Field> {
  const text = header.toString('latin1');
  return new Set(text === '' ? [] : fields.filter((field) => text.includes(field.raw.toString('latin1'))));
}
