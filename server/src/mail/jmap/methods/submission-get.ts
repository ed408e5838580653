import { listRecipientViews, type RecipientView } from '../../queue/index.ts';
import { accountOf, type Method, SUBMISSION } from '../context.ts';
import { MethodError } from '../errors.ts';
import { changesAnswer, pick, readIds, readProperties, readState } from '../get.ts';
import * as ids from '../ids.ts';
import type { Json } from '../json.ts';
import { CORE_LIMITS } from '../limits.ts';
import { pageOf, readPage } from '../page.ts';
import {
  changedSubmissions,
  listSubmissions,
  type SubmissionRow,
  submissionState,
} from '../submissions.store.ts';

const KNOWN = new Set(
  'id identityId emailId threadId envelope sendAt undoStatus deliveryStatus dsnBlobIds mdnBlobIds'.split(' '),
);

/** EmailSubmission/get (RFC 8621 §7.1). */
export const submissionGet: Method = {
  name: 'EmailSubmission/get',
  capability: SUBMISSION,
  async run(context, args) {
    const { db, clock } = context.deps;
    const account = accountOf(context, args);
    const wanted = readIds(args);
    const properties = readProperties(args, KNOWN);
    const state = await submissionState(db, account.scope.accountId);
    const numbers = wanted?.flatMap((id) => ids.readSubmissionId(id) ?? []);
    const rows = await listSubmissions(db, account.scope.accountId, numbers, CORE_LIMITS.maxObjectsInGet);
    const refs =
      properties.has('deliveryStatus') || properties.has('undoStatus') ? rows.map((row) => row.ref) : [];
    const views = Map.groupBy(await listRecipientViews(db, refs), (view) => view.ref);
    const found = new Set(rows.map((row) => ids.submissionId(row.submission_id)));
    return {
      accountId: account.id,
      state: String(state),
      list: rows.map((row) => pick(present(row, views.get(row.ref) ?? [], clock.now()), properties)),
      notFound: (wanted ?? []).filter((id) => !found.has(id)),
    };
  },
};

const DELIVERED: Record<RecipientView['state'], string> = {
  waiting: 'queued',
  delivered: 'yes',
  // Another server has it; what it does with it we do not hear.
  relayed: 'unknown',
  failed: 'no',
  expired: 'no',
  cancelled: 'no',
};

function present(row: SubmissionRow, views: readonly RecipientView[], now: Date): Record<string, Json> {
  const waits = row.send_at > now && views.some((view) => view.state === 'waiting');
  const status = views.map((view): [string, Json] => [
    view.address,
    {
      smtpReply: [view.status, view.reply].filter(Boolean).join(' ') || '250 2.0.0 accepted',
      delivered: DELIVERED[view.state],
      displayed: 'unknown',
    },
  ]);
  return {
    id: ids.submissionId(row.submission_id),
    identityId: row.identity_id,
    emailId: ids.emailId(row.message_id),
    threadId: ids.threadId(row.thread_id),
    envelope: {
      mailFrom: { ...row.envelope.mailFrom },
      rcptTo: row.envelope.rcptTo.map((recipient) => ({ ...recipient })),
    },
    sendAt: `${row.send_at.toISOString().slice(0, 19)}Z`,
    undoStatus: row.canceled ? 'canceled' : waits ? 'pending' : 'final',
    deliveryStatus: status.length === 0 ? null : Object.fromEntries(status),
    dsnBlobIds: [],
    mdnBlobIds: [],
  };
}

/** EmailSubmission/changes (RFC 8621 §7.2). */
export const submissionChanges: Method = {
  name: 'EmailSubmission/changes',
  capability: SUBMISSION,
  async run(context, args) {
    const account = accountOf(context, args);
    const since = readState(args);
    const changed = await changedSubmissions(context.deps.db, account.scope.accountId, since);
    const newState = changed.at(-1)?.seq ?? since;
    // A row's own number is its first change number.
    const isNew = (row: { submission_id: number }) => row.submission_id > since;
    return changesAnswer(account.id, args.string('sinceState'), newState, false, {
      created: changed.filter(isNew).map((row) => ids.submissionId(row.submission_id)),
      updated: changed.filter((row) => !isNew(row)).map((row) => ids.submissionId(row.submission_id)),
      destroyed: [],
    });
  },
};

/** EmailSubmission/query (RFC 8621 §7.3), newest first. */
export const submissionQuery: Method = {
  name: 'EmailSubmission/query',
  capability: SUBMISSION,
  async run(context, args) {
    const { db, clock } = context.deps;
    const account = accountOf(context, args);
    const filter = args.object('filter') ?? {};
    const rows = await listSubmissions(db, account.scope.accountId, undefined, CORE_LIMITS.maxObjectsInGet);
    const views = Map.groupBy(
      await listRecipientViews(
        db,
        rows.map((row) => row.ref),
      ),
      (view) => view.ref,
    );
    const matches = rows.filter((row) => {
      const shown = present(row, views.get(row.ref) ?? [], clock.now());
      return Object.entries(filter).every(([name, value]) =>
        matchesCondition(shown, row, name, value ?? null),
      );
    });
    return {
      accountId: account.id,
      queryState: String(await submissionState(db, account.scope.accountId)),
      canCalculateChanges: false,
      ...pageOf(
        matches.map((row) => ids.submissionId(row.submission_id)),
        readPage(args),
        args.boolean('calculateTotal', false),
      ),
    };
  },
};

function matchesCondition(
  shown: Record<string, Json>,
  row: SubmissionRow,
  name: string,
  value: Json,
): boolean {
  const among = (property: string) => Array.isArray(value) && value.includes(shown[property] ?? null);
  switch (name) {
    case 'identityIds':
      return among('identityId');
    case 'emailIds':
      return among('emailId');
    case 'threadIds':
      return among('threadId');
    case 'undoStatus':
      return shown['undoStatus'] === value;
    case 'before':
      return typeof value === 'string' && row.send_at < new Date(value);
    case 'after':
      return typeof value === 'string' && row.send_at >= new Date(value);
    default:
      throw new MethodError('unsupportedFilter', `unknown condition ${name}`);
  }
}
