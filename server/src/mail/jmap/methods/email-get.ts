import type { Email } from '../../store/index.ts';
import { accountOf, type Context, type JmapAccount, MAIL, type Method } from '../context.ts';
import { type EmailView, presentEntries, presentMessage, readView } from '../email/present.ts';
import { MethodError } from '../errors.ts';
import { readIds } from '../get.ts';
import * as ids from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { CORE_LIMITS } from '../limits.ts';
import { sourceOf } from '../source.ts';

/** Email/get (RFC 8621 §4.2). Bodies are opened only for properties that need them. */
export const emailGet: Method = {
  name: 'Email/get',
  capability: MAIL,
  async run(context, args) {
    const { db, store } = context.deps;
    const account = accountOf(context, args);
    const wanted = readIds(args) ?? (await allIds(context, account));
    const view = readView(args, true);
    const state = await store.state(db, account.scope.accountId);
    const numbers = wanted.flatMap((id) => ids.readEmailId(id) ?? []);
    const emails = await store.emails(db, account.scope, numbers);
    const found = new Set(emails.map((email) => ids.emailId(email.messageId)));
    return {
      accountId: account.id,
      state: String(state),
      list: await presentEmails(context, account, emails, view),
      notFound: wanted.filter((id) => !found.has(id)),
    };
  },
};

/** `ids: null` asks for everything, which is answered for small accounts only (RFC 8620 §5.1). */
async function allIds(context: Context, account: JmapAccount): Promise<string[]> {
  const { db, store } = context.deps;
  const { messageIds } = await store.query(db, account.scope, {
    filter: { is: 'all' },
    sort: [],
    collapseThreads: false,
    limit: CORE_LIMITS.maxObjectsInGet + 1,
  });
  if (messageIds.length > CORE_LIMITS.maxObjectsInGet) throw new MethodError('requestTooLarge');
  return messageIds.map(ids.emailId);
}

async function presentEmails(
  context: Context,
  account: JmapAccount,
  emails: readonly Email[],
  view: EmailView,
): Promise<JsonObject[]> {
  const { db, store } = context.deps;
  const { accountId } = account.scope;
  const headers = view.needsHeader
    ? await store.headers(
        db,
        accountId,
        emails.map((email) => email.messageId),
      )
    : new Map<number, Buffer>();
  const list: JsonObject[] = [];
  for (const email of emails) {
    list.push({
      ...presentEntries(email, view.properties),
      ...(await presentMessage(
        email,
        headers.get(email.messageId),
        view,
        sourceOf(context.deps, account, email),
      )),
    });
  }
  return list;
}
