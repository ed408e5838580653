import { accountOf, MAIL, type Method } from '../context.ts';
import { MethodError } from '../errors.ts';
import { readIds } from '../get.ts';
import * as ids from '../ids.ts';
import type { Json } from '../json.ts';

/** Thread/get (RFC 8621 §3.1). */
export const threadGet: Method = {
  name: 'Thread/get',
  capability: MAIL,
  async run(context, args) {
    const account = accountOf(context, args);
    const { db, store } = context.deps;
    const wanted = readIds(args);
    if (!wanted) throw new MethodError('requestTooLarge', 'ids must be given');
    const state = await store.state(db, account.scope.accountId);
    const numbers = wanted.flatMap((id) => ids.readThreadId(id) ?? []);
    const threads = await store.threads(db, account.scope.accountId, numbers);
    const list: Json[] = [];
    const notFound: string[] = [];
    for (const id of wanted) {
      const emails = threads.get(ids.readThreadId(id) ?? 0);
      if (emails && emails.length > 0) list.push({ id, emailIds: emails.map(ids.emailId) });
      else notFound.push(id);
    }
    return { accountId: account.id, state: String(state), list, notFound };
  },
};
