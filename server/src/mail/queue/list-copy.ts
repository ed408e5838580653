import { type ListFacts, listHeader } from '../lists/index.ts';
import type { Store, StoredBody } from '../store/index.ts';

/**
 * What a list sends: one body for everybody, the checks' lines and the list's own fields in it. The same message gives the
 * same bytes, so an expansion that goes on after a crash does not store another one.
 */
export async function listCopy(
  store: Store,
  body: StoredBody,
  checks: Buffer,
  list: ListFacts,
  options: { ownDomains: readonly string[]; outside: boolean },
): Promise<StoredBody> {
  const { parsed } = body;
  // Of a header too large to be read whole nothing is taken away.
  const whole = parsed.headerSize <= parsed.header.length;
  const block = whole ? withoutEnd(parsed.header) : Buffer.alloc(0);
  const writer = store.newBody();
  await writer.write(
    listHeader(block, checks, whole ? list : { ...list, subjectPrefix: '', replyTo: 'sender' }, options),
  );
  if (whole) await writer.write(Buffer.from('\r\n'));
  const from = whole ? parsed.headerSize : 0;
  let at = 0;
  for await (const piece of body.data ? [body.data] : store.readBody(body)) {
    if (at + piece.length > from) await writer.write(piece.subarray(Math.max(0, from - at)));
    at += piece.length;
  }
  return writer.finish();
}

/** The header block without its empty line. */
function withoutEnd(header: Buffer): Buffer {
  for (const end of ['\r\n\r\n', '\n\n']) {
    if (header.toString('latin1', Math.max(0, header.length - end.length)) === end)
      return header.subarray(0, header.length - end.length / 2);
  }
  return header.toString('latin1') === '\r\n' ? Buffer.alloc(0) : header;
}
