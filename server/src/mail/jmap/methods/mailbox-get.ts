import { countThreads, type Mailbox, type ThreadCounts } from '../../store/index.ts';
import { accountOf, type JmapAccount, MAIL, type Method } from '../context.ts';
import { pick, readIds, readProperties } from '../get.ts';
import * as ids from '../ids.ts';
import type { Json } from '../json.ts';

export const MAILBOX_PROPERTIES = [
  'id',
  'name',
  'parentId',
  'role',
  'sortOrder',
  'totalEmails',
  'unreadEmails',
  'totalThreads',
  'unreadThreads',
  'myRights',
  'isSubscribed',
] as const;
const KNOWN = new Set<string>(MAILBOX_PROPERTIES);

/** Mailbox/get (RFC 8621 §2.1). */
export const mailboxGet: Method = {
  name: 'Mailbox/get',
  capability: MAIL,
  async run(context, args) {
    const { db, store } = context.deps;
    const account = accountOf(context, args);
    const wanted = readIds(args);
    const properties = readProperties(args, KNOWN);
    // The state is read first: a change in between is then told again, never lost.
    const state = await store.state(db, account.scope.accountId);
    const all = await store.mailboxes(db, account.scope);
    const byId = new Map(all.map((mailbox) => [ids.mailboxId(mailbox.id), mailbox]));
    const found = wanted ? wanted.flatMap((id) => byId.get(id) ?? []) : all;
    const threads =
      properties.has('totalThreads') || properties.has('unreadThreads')
        ? await countThreads(
            db,
            account.scope,
            found.map((mailbox) => mailbox.id),
          )
        : new Map<number, ThreadCounts>();
    return {
      accountId: account.id,
      state: String(state),
      list: found.map((mailbox) => pick(present(mailbox, account, threads.get(mailbox.id)), properties)),
      notFound: (wanted ?? []).filter((id) => !byId.has(id)),
    };
  },
};

function present(
  mailbox: Mailbox,
  account: JmapAccount,
  threads: ThreadCounts | undefined,
): Record<string, Json> {
  const fixed = mailbox.path === 'INBOX';
  return {
    id: ids.mailboxId(mailbox.id),
    name: mailbox.name,
    parentId: mailbox.parentId === undefined ? null : ids.mailboxId(mailbox.parentId),
    role: mailbox.role ?? null,
    sortOrder: mailbox.sortOrder,
    totalEmails: mailbox.total,
    unreadEmails: mailbox.unseen,
    totalThreads: threads?.total ?? 0,
    unreadThreads: threads?.unread ?? 0,
    myRights: {
      mayReadItems: true,
      mayAddItems: true,
      mayRemoveItems: true,
      maySetSeen: true,
      maySetKeywords: true,
      mayCreateChild: true,
      mayRename: !fixed,
      mayDelete: !fixed,
      maySubmit: account.mail.canSend,
    },
    isSubscribed: mailbox.subscribed,
  };
}
