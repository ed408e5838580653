import type { Email } from '../../store/index.ts';
import { accountOf, type Context, type JmapAccount, MAIL, type Method } from '../context.ts';
import { type EmailView, presentEntries, presentMessage, readView } from '../email/present.ts';
import { invalidArguments } from '../errors.ts';
import { readIds } from '../get.ts';
import * as ids from '../ids.ts';
import type { JsonObject } from '../json.ts';
import { sourceOf } from '../source.ts';

/** Email/get (RFC 8621 §4.2). Bodies are opened only for properties that need them. */
export const emailGet: Method = {
  name: 'Email/get',
  capability: MAIL,
  async run(context, args) {
    const { db, store } = context.deps;
    const account = accountOf(context, args);
    const wanted = readIds(args);
    if (!wanted) throw invalidArguments('ids must be given', ['ids']);
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
