import type {
  BatchResult,
  CasePage,
  CaseSummary,
  FailedAction,
  FormValues,
  TaskBox,
  TaskCounts,
  TaskItem,
  TaskPage,
  TaskQuery,
} from '@hongyan/contract';
import type { Static } from 'typebox';
import { isInstitutionWide, requireInstitutionWide } from '../../directory/index.ts';
import { AppError, commonErrors, errorText } from '../../kit/errors/index.ts';
import type { Actor } from '../../kit/http/index.ts';
import { decodeTextCursor, encodeCursor } from '../../kit/text/index.ts';
import { START } from '../../workflow/index.ts';
import { type Catalogue, findVersionOf } from '../catalogue/catalogue.service.ts';
import { fieldsOf, fieldValue, rightOf, WRITE_ALL } from '../forms/index.ts';
import type { HallContext } from '../hall.context.ts';
import { namesIn } from '../names.ts';
import { actionLabel, progressOf, resultLabel } from '../progress.ts';
import { type Applications, viewOf, writesAnything } from './applications.service.ts';
import * as store from './applications.store.ts';

type Query = Static<typeof TaskQuery>;

export type Tasks = ReturnType<typeof createTasks>;

export function createTasks(context: HallContext, catalogue: Catalogue, applications: Applications) {
  const { db, clock, workflow, directory } = context;

  async function summaries(rows: store.ApplicationRow[]): Promise<Map<string, CaseSummary>> {
    const current = await workflow.currentSteps(
      db,
      rows.map((row) => row.id),
    );
    return new Map(rows.map((row) => [row.id, presentCase(row, current.get(row.id) ?? [], clock.now())]));
  }

  async function listStarted(
    actor: Actor,
    query: Query,
    limit: number,
  ): Promise<{ items: TaskItem[]; next?: string }> {
    const rows = await store.findStarted(db, {
      applicantId: actor.accountId,
      search: query.search?.trim() || undefined,
      service: query.service,
      status: query.state,
      after: decodeTextCursor(query.after),
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const cases = await summaries(page);
    const last = page.at(-1);
    return {
      items: page.flatMap((row) => {
        const summary = cases.get(row.id);
        return summary ? [{ case: summary, time: row.submitted_at.toISOString(), read: true }] : [];
      }),
      ...(rows.length > limit && last
        ? { next: encodeCursor(last.submitted_at.toISOString(), last.id) }
        : {}),
    };
  }

  async function mayRead(actor: Actor, row: store.ApplicationRow): Promise<boolean> {
    if (row.applicant_id === actor.accountId) return true;
    if (await workflow.isInvolved(db, row.id, actor.accountId)) return true;
    // Administrators of the institution repair parked cases.
    return isInstitutionWide(await directory.authority(actor));
  }

  async function casePage(actor: Actor, row: store.ApplicationRow, node: string): Promise<CasePage> {
    const version = await findVersionOf(db, row.service_key, row.version);
    const own = row.applicant_id === actor.accountId;
    const editing = own && row.status === 'returned';
    const view = viewOf(version, editing ? START : node, row.values);
    const rights = editing ? (version.rights[START] ?? WRITE_ALL) : view.rights;
    const summary = (await summaries([row])).get(row.id);
    if (!summary) throw commonErrors.not_found();
    const values = await withPresets(actor, view);
    return {
      case: summary,
      form: view.form,
      rights,
      values,
      names: await namesIn(context, db, version.form, values),
      progress: await progressOf(context, db, row.id, actor.locale),
      results: row.results.map((entry) => ({
        label: resultLabel(entry.label, actor.locale),
        value: entry.value,
      })),
      can: {
        withdraw: own && (row.status === 'running' || row.status === 'returned'),
        urge: own && row.status === 'running',
        resend: editing,
      },
    };
  }

  /** A step that writes sees its presets at once, e.g. the expiry date a year on. */
  async function withPresets(actor: Actor, view: ReturnType<typeof viewOf>): Promise<FormValues> {
    if (!writesAnything(view.rights)) return view.values;
    const presets = await catalogue.presets(actor, view.form);
    const missing = fieldsOf(view.form).filter(
      (field) =>
        fieldValue(view.values, field.key) === undefined && rightOf(view.rights, field.key) === 'write',
    );
    const added = missing.flatMap((field) => {
      const preset = fieldValue(presets, field.key);
      return preset === undefined ? [] : [[field.key, preset] as const];
    });
    return { ...view.values, ...Object.fromEntries(added) };
  }

  return {
    async list(actor: Actor, query: Query): Promise<{ items: TaskItem[]; next?: string }> {
      const limit = query.limit ?? 20;
      if (query.box === 'started') return listStarted(actor, query, limit);
      const rows = await workflow.listTasks(db, {
        accountId: actor.accountId,
        box: query.box,
        search: query.search?.trim() || undefined,
        process: query.service,
        status: query.state,
        after: decodeTextCursor(query.after),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const applicationRows = await store.findApplications(db, [
        ...new Set(page.map((row) => row.instance_id)),
      ]);
      const cases = await summaries(applicationRows);
      const items: TaskItem[] = [];
      for (const row of page) {
        const summary = cases.get(row.instance_id);
        if (!summary) continue;
        items.push({
          taskId: row.id,
          case: summary,
          step: await workflow.nodeName(db, row.instance_id, row.node),
          kind: row.kind,
          ...(row.action === null
            ? {}
            : { action: row.action, label: actionLabel(row.action, actor.locale) }),
          time: row.at.toISOString(),
          read: row.read_at !== null,
        });
      }
      const last = page.at(-1);
      return {
        items,
        ...(rows.length > limit && last ? { next: encodeCursor(last.at.toISOString(), last.id) } : {}),
      };
    },

    async counts(actor: Actor): Promise<TaskCounts> {
      const count = (box: Exclude<TaskBox, 'started'>) => workflow.countTasks(db, actor.accountId, box);
      return {
        todo: await count('todo'),
        done: await count('done'),
        started: await store.countStarted(db, actor.accountId),
        received: await count('received'),
        cc: await count('cc'),
      };
    },

    async task(actor: Actor, taskId: string): Promise<TaskPage> {
      const task = await workflow.findTask(db, taskId);
      if (!task) throw commonErrors.not_found();
      if (task.assignee_id !== actor.accountId) throw commonErrors.forbidden();
      const row = await store.findApplication(db, task.instance_id);
      if (!row) throw commonErrors.not_found();
      if (task.read_at === null) await workflow.readTask(db, taskId);
      const open = task.state === 'open';
      const page = await casePage(actor, row, task.node);
      return {
        task: {
          id: task.id,
          step: await workflow.nodeName(db, task.instance_id, task.node),
          kind: task.kind,
          open,
          returnTo:
            open && (task.kind === 'approve' || task.kind === 'handle')
              ? await workflow.returnTargets(db, row.id)
              : [],
          actions: open ? actionsOf(task.kind) : [],
        },
        // A closed task may be looked at, not written into.
        page: open ? page : { ...page, rights: readOnly(page.rights) },
      };
    },

    async case(actor: Actor, caseId: string): Promise<CasePage> {
      const row = await store.findApplication(db, caseId);
      if (!row) throw commonErrors.not_found();
      if (!(await mayRead(actor, row))) throw commonErrors.forbidden();
      const page = await casePage(actor, row, 'view');
      return page.can.resend ? page : { ...page, rights: readOnly(page.rights) };
    },

    /** Each task by itself: one that fails stops no other, and says why. */
    async approveBatch(actor: Actor, taskIds: string[], comment: string | undefined): Promise<BatchResult> {
      const results: BatchResult['results'] = [];
      for (const taskId of new Set(taskIds)) {
        try {
          const task = await workflow.findTask(db, taskId);
          await applications.decide(actor, taskId, {
            action: task?.kind === 'handle' ? 'complete' : 'approve',
            comment,
          });
          results.push({ taskId, ok: true });
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          results.push({ taskId, ok: false, message: errorText(error.code, actor.locale, error.params) });
        }
      }
      return { results };
    },

    async failedActions(actor: Actor): Promise<FailedAction[]> {
      requireInstitutionWide(await directory.authority(actor));
      const rows = await workflow.failedActions(db);
      const items: FailedAction[] = [];
      for (const row of rows) {
        items.push({
          id: row.visit_id,
          caseId: row.instance_id,
          title: row.title,
          step: await workflow.nodeName(db, row.instance_id, row.node),
          message: row.error ?? '',
          attempts: row.attempts,
          time: row.updated_at.toISOString(),
        });
      }
      return items;
    },
  };
}

function readOnly(rights: CasePage['rights']): CasePage['rights'] {
  const fields = Object.fromEntries(
    Object.entries(rights.fields).map(([key, right]) => [key, right === 'write' ? ('read' as const) : right]),
  );
  return { rest: rights.rest === 'write' ? 'read' : rights.rest, fields };
}

function actionsOf(kind: string): string[] {
  switch (kind) {
    case 'approve':
      return ['approve', 'reject', 'return'];
    case 'handle':
      return ['complete', 'return'];
    case 'cc':
      return ['read'];
    default:
      return ['resend'];
  }
}

function presentCase(row: store.ApplicationRow, current: string[], now: Date): CaseSummary {
  return {
    id: row.id,
    number: row.number,
    title: row.title,
    service: { key: row.service_key, name: row.service_name },
    applicant: {
      id: row.applicant_id,
      name: row.applicant_name,
      account: row.applicant_local,
      unit: row.applicant_unit,
    },
    state: row.status,
    submittedAt: row.submitted_at.toISOString(),
    ...(row.ended_at ? { endedAt: row.ended_at.toISOString() } : {}),
    current,
    late: row.ended_at === null && row.due_at < now,
  };
}
