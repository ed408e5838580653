import { decodeText, decodeTransfer, htmlToText, param } from '../../protocol/mime/index.ts';
import type { Email } from '../../store/index.ts';
import { accountOf, type Context, type JmapAccount, MAIL, type Method } from '../context.ts';
import { bodyLists, mediaType, numberParts, type PartSource } from '../email/parts.ts';
import { invalidArguments } from '../errors.ts';
import { readEmailFilter } from '../filter.ts';
import { readIds } from '../get.ts';
import * as ids from '../ids.ts';
import type { Json } from '../json.ts';
import { foundWords, mark, snippet } from '../snippet.ts';
import { sourceOf } from '../source.ts';

/** So much of a text part is looked at for a place to show. */
const MAX_TEXT = 262_144;

/** SearchSnippet/get (RFC 8621 §5.1). */
export const searchSnippetGet: Method = {
  name: 'SearchSnippet/get',
  capability: MAIL,
  async run(context, args) {
    const account = accountOf(context, args);
    const wanted = readIds(args, 'emailIds');
    if (!wanted) throw invalidArguments('emailIds must be given', ['emailIds']);
    const words = foundWords(readEmailFilter(args.raw('filter') ?? null));
    const numbers = wanted.flatMap((id) => ids.readEmailId(id) ?? []);
    const emails = await context.deps.store.emails(context.deps.db, account.scope, numbers);
    const list: Json[] = [];
    for (const email of emails) {
      list.push({
        emailId: ids.emailId(email.messageId),
        subject: mark(email.subject, words.subject),
        preview: await previewOf(context, account, email, words.body),
      });
    }
    const found = new Set(emails.map((email) => ids.emailId(email.messageId)));
    const notFound = wanted.filter((id) => !found.has(id));
    return { accountId: account.id, list, notFound: notFound.length === 0 ? null : notFound };
  },
};

async function previewOf(
  context: Context,
  account: JmapAccount,
  email: Email,
  words: readonly string[],
): Promise<string | null> {
  if (words.length === 0) return null;
  const short = mark(email.preview, words);
  if (short !== null) return short;
  return snippet(await textOf(email, sourceOf(context.deps, account, email)), words);
}

async function textOf(email: Email, source: PartSource): Promise<string> {
  const [first] = bodyLists(numberParts(email.structure)).textBody;
  if (first?.part.type !== 'text') return '';
  const { part } = first;
  const bytes = await source.read(part.start, Math.min(part.end, part.start + MAX_TEXT));
  const text = decodeText(decodeTransfer(bytes, part.encoding), param(part.params, 'charset'));
  return mediaType(part) === 'text/html' ? htmlToText(text) : text;
}
