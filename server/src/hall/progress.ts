import type { FlowStep, PersonRef, ProgressEntry } from '@hongyan/contract';
import type { Queryable } from '../kit/db/index.ts';
import type { Locale } from '../kit/errors/index.ts';
import type { Actor } from '../kit/http/index.ts';
import { say, type Texts } from '../kit/i18n/index.ts';
import { type Definition, type ForecastStep, findNode, START } from '../workflow/index.ts';
import type { HallContext } from './hall.context.ts';

const NOTES = new Map<string, Texts>(
  Object.entries({
    empty_administrators: {
      zh: '没有找到负责人，已转交管理员',
      en: 'Nobody was found, so an administrator decides',
    },
    empty_above: {
      zh: '该部门没有负责人，已转交上级部门负责人',
      en: 'The unit has no head, so the head above decides',
    },
    empty_pass: { zh: '没有找到负责人，自动通过', en: 'Nobody was found, so the step passes' },
    self_skip: {
      zh: '负责人即申请人，自动通过',
      en: 'The applicant is the one to decide, so the step passes',
    },
    self_above: {
      zh: '负责人即申请人，已转交上级部门负责人',
      en: 'The applicant is the one to decide, so the head above does',
    },
  }),
);

const ACTIONS = new Map<string, Texts>(
  Object.entries({
    submit: { zh: '提交申请', en: 'Submitted' },
    resend: { zh: '重新提交', en: 'Resent' },
    approve: { zh: '同意', en: 'Agreed' },
    reject: { zh: '驳回', en: 'Rejected' },
    return: { zh: '退回', en: 'Sent back' },
    complete: { zh: '办结', en: 'Completed' },
    read: { zh: '已阅', en: 'Read' },
    withdraw: { zh: '撤回', en: 'Withdrawn' },
  }),
);

const END: Texts = { zh: '结束', en: 'End' };
const WITHDRAWN: Texts = { zh: '申请人已撤回', en: 'Withdrawn by the applicant' };

export function actionLabel(action: string, locale: Locale): string {
  const texts = ACTIONS.get(action);
  return texts ? say(texts, locale) : action;
}

/** What automatic steps made, by the name under which they report it. */
const RESULTS = new Map<string, Texts>(
  Object.entries({ unit_mailbox: { zh: '部门邮箱', en: 'Unit mailbox' } }),
);

export function resultLabel(label: string, locale: Locale): string {
  const texts = RESULTS.get(label);
  return texts ? say(texts, locale) : label;
}

function noteText(note: string | null, locale: Locale): string | undefined {
  const texts = note === null ? undefined : NOTES.get(note);
  return texts ? say(texts, locale) : undefined;
}

/** People by id, in one question to the directory. Somebody who has left keeps his name. */
export async function peopleById(
  context: HallContext,
  db: Queryable,
  ids: readonly number[],
): Promise<Map<number, PersonRef>> {
  const rows = await context.directory.accounts.findMany(db, [...new Set(ids)]);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        name: row.name,
        account: row.local,
        ...(row.unit_default ? {} : { unit: row.unit_name }),
      },
    ]),
  );
}

function known(people: Map<number, PersonRef>, id: number): PersonRef {
  return people.get(id) ?? { id: Math.max(1, id), name: '—', account: '' };
}

/** The whole way of a case that does not exist yet: start, every step with its people, end. */
export async function presentForecast(
  context: HallContext,
  db: Queryable,
  definition: Definition,
  actor: Actor,
  steps: ForecastStep[],
): Promise<FlowStep[]> {
  const people = await peopleById(context, db, [actor.accountId, ...steps.flatMap((entry) => entry.people)]);
  return [
    { node: START, name: definition.start, kind: 'start', people: [known(people, actor.accountId)] },
    ...steps.map((entry): FlowStep => {
      const note = noteText(entry.note, actor.locale);
      return {
        node: entry.node.id,
        name: entry.node.name,
        kind: entry.node.type,
        ...(entry.node.type === 'approve' ? { mode: entry.node.mode } : {}),
        people: entry.people.map((id) => known(people, id)),
        ...(note === undefined ? {} : { note }),
      };
    }),
    { node: 'end', name: say(END, actor.locale), kind: 'end', people: [] },
  ];
}

/** 查看流程: every visit with who did what and when, then the steps to come. */
export async function progressOf(
  context: HallContext,
  db: Queryable,
  instanceId: string,
  locale: Locale,
): Promise<ProgressEntry[]> {
  const { workflow } = context;
  const instance = await workflow.findInstance(db, instanceId);
  if (!instance) return [];
  const definition = await workflow.definitionOf(db, instance.definition_id);
  const visits = await workflow.visits(db, instanceId);
  const tasks = await workflow.tasks(db, instanceId);
  const open = visits.find((visit) => visit.state === 'open' || visit.state === 'failed');
  const coming = open
    ? await workflow.forecast(db, definition, instance.initiator_id, instance.facts, open.node)
    : [];
  const people = await peopleById(context, db, [
    instance.initiator_id,
    ...tasks.map((task) => task.assignee),
    ...coming.flatMap((entry) => entry.people),
  ]);

  const past = visits
    .filter((visit) => findNode(definition, visit.node)?.type !== 'condition')
    .map((visit): ProgressEntry => {
      const node = visit.node === START ? undefined : findNode(definition, visit.node);
      const note = noteText(visit.note, locale);
      const mine = tasks.filter(
        (task) => task.visitId === visit.id && (task.state !== 'cancelled' || task.action !== null),
      );
      const first = visit.node === START && mine.length === 0;
      return {
        node: visit.node,
        name: node?.name ?? definition.start,
        kind: node?.type ?? 'start',
        state: stateOf(visit.state),
        round: visit.round,
        ...(node?.type === 'approve' ? { mode: node.mode } : {}),
        enteredAt: visit.entered_at.toISOString(),
        ...(visit.left_at ? { leftAt: visit.left_at.toISOString() } : {}),
        people: first
          ? [
              {
                person: known(people, instance.initiator_id),
                action: 'submit',
                label: actionLabel('submit', locale),
                time: visit.entered_at.toISOString(),
              },
            ]
          : mine.map((task) => ({
              person: known(people, task.assignee),
              ...(task.action === null
                ? {}
                : { action: task.action, label: actionLabel(task.action, locale) }),
              ...(task.comment === null ? {} : { comment: task.comment }),
              ...(task.done_at ? { time: task.done_at.toISOString() } : {}),
            })),
        ...(note === undefined ? {} : { note }),
      };
    });

  const future = coming.map((entry): ProgressEntry => {
    const note = noteText(entry.note, locale);
    return {
      node: entry.node.id,
      name: entry.node.name,
      kind: entry.node.type,
      state: 'future',
      round: 1,
      ...(entry.node.type === 'approve' ? { mode: entry.node.mode } : {}),
      people: entry.people.map((id) => ({ person: known(people, id) })),
      ...(note === undefined ? {} : { note }),
    };
  });
  const over = instance.ended_at !== null;
  return [
    ...past,
    ...future,
    {
      node: 'end',
      name: say(END, locale),
      kind: 'end',
      state: over ? (instance.status === 'approved' ? 'done' : 'failed') : 'future',
      round: 1,
      ...(instance.ended_at ? { leftAt: instance.ended_at.toISOString() } : {}),
      people: [],
      ...(instance.status === 'withdrawn' ? { note: say(WITHDRAWN, locale) } : {}),
    },
  ];
}

function stateOf(state: string): ProgressEntry['state'] {
  switch (state) {
    case 'open':
      return 'current';
    case 'failed':
    case 'rejected':
      return 'failed';
    case 'skipped':
    case 'cancelled':
      return 'skipped';
    default:
      return 'done';
  }
}
