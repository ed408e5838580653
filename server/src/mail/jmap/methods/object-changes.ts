import type { Changes, ObjectChanges } from '../../store/index.ts';
import { accountOf, MAIL, type Method } from '../context.ts';
import { MethodError } from '../errors.ts';
import { changesAnswer, readState } from '../get.ts';
import * as ids from '../ids.ts';

function changesOf(
  name: string,
  of: (changes: Changes) => ObjectChanges,
  id: (value: number) => string,
): Method {
  return {
    name,
    capability: MAIL,
    async run(context, args) {
      const account = accountOf(context, args);
      const since = readState(args);
      const max = args.int('maxChanges', { min: 1 });
      const changes = await context.deps.store.changes(context.deps.db, account.scope.accountId, since, max);
      if (!changes) throw new MethodError('cannotCalculateChanges');
      const { created, updated, destroyed } = of(changes);
      return changesAnswer(account.id, args.string('sinceState'), changes.newState, changes.hasMore, {
        created: created.map(id),
        updated: updated.map(id),
        destroyed: destroyed.map(id),
      });
    },
  };
}

/** Email/changes (RFC 8621 §4.3). */
export const emailChanges = changesOf('Email/changes', (changes) => changes.emails, ids.emailId);
/** Thread/changes (RFC 8621 §3.2). */
export const threadChanges = changesOf('Thread/changes', (changes) => changes.threads, ids.threadId);
