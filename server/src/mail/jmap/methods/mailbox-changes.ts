import { accountOf, MAIL, type Method } from '../context.ts';
import { MethodError } from '../errors.ts';
import { changesAnswer, readState } from '../get.ts';
import * as ids from '../ids.ts';

const COUNTS = ['totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads'];

/** Mailbox/changes (RFC 8621 §2.2): updatedProperties tells when only counts have changed. */
export const mailboxChanges: Method = {
  name: 'Mailbox/changes',
  capability: MAIL,
  async run(context, args) {
    const account = accountOf(context, args);
    const since = readState(args);
    const max = args.int('maxChanges', { min: 1 });
    const changes = await context.deps.store.changes(context.deps.db, account.scope.accountId, since, max);
    if (!changes) throw new MethodError('cannotCalculateChanges');
    const { created, updated, destroyed, counts } = changes.mailboxes;
    return {
      ...changesAnswer(account.id, args.string('sinceState'), changes.newState, changes.hasMore, {
        created: created.map(ids.mailboxId),
        updated: [...new Set([...updated, ...counts])].map(ids.mailboxId),
        destroyed: destroyed.map(ids.mailboxId),
      }),
      updatedProperties: updated.length === 0 && counts.length > 0 ? COUNTS : null,
    };
  },
};
