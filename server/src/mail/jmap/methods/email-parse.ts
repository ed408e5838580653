import { type MimePart, type ParsedMessage, parseMessage } from '../../protocol/mime/index.ts';
import { openBlob } from '../blobs.ts';
import { accountOf, MAIL, type Method } from '../context.ts';
import { presentMessage, readView } from '../email/present.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import type { JsonObject } from '../json.ts';

/** A message inside a blob is read whole; larger ones are 'not parsable'. */
const MAX_PARSED = 25 * 1024 * 1024;
const MAX_BLOBS = 10;

/** Email/parse (RFC 8621 §4.9): looks at a message that is attached or uploaded, without storing it. */
export const emailParse: Method = {
  name: 'Email/parse',
  capability: MAIL,
  async run(context, args) {
    const account = accountOf(context, args);
    const blobIds = args.strings('blobIds');
    if (!blobIds) throw invalidArguments('blobIds must be given', ['blobIds']);
    if (blobIds.length > MAX_BLOBS) throw new MethodError('requestTooLarge');
    const view = readView(args, false);
    const parsed = new Map<string, JsonObject>();
    const notParsable: string[] = [];
    const notFound: string[] = [];
    for (const id of new Set(blobIds)) {
      const blob = await openBlob(context.deps, account.scope, id);
      if (!blob) {
        notFound.push(id);
        continue;
      }
      const bytes = await readAll(blob.read());
      const message = bytes && parseMessage(bytes);
      if (!bytes || !message || !looksLikeMessage(message)) notParsable.push(id);
      else parsed.set(id, await present(bytes, message, view));
    }
    return {
      accountId: account.id,
      parsed: parsed.size === 0 ? null : Object.fromEntries(parsed),
      notParsable: notParsable.length === 0 ? null : notParsable,
      notFound: notFound.length === 0 ? null : notFound,
    };
  },
};

/** Some field that every mail has: anything else is a picture, a table, a text. */
function looksLikeMessage({ envelope }: { envelope: ParsedMessage['envelope'] }): boolean {
  return (
    envelope.from.length > 0 ||
    envelope.date !== null ||
    envelope.messageId !== null ||
    envelope.subject !== null
  );
}

function present(
  bytes: Buffer,
  message: ParsedMessage,
  view: Parameters<typeof presentMessage>[2],
): Promise<JsonObject> {
  const structure: MimePart = message.structure;
  return presentMessage({ ...message, structure }, bytes.subarray(0, message.headerSize), view, {
    messageId: undefined,
    read: async (start, end) => bytes.subarray(start, end),
  });
}

async function readAll(source: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > MAX_PARSED) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
