import { many, one, type Queryable, sql } from '../kit/db/index.ts';
import type { Status, TaskKind } from './engine/state.ts';

export type ListBox = 'todo' | 'done' | 'cc' | 'received';

export interface ListFilter {
  accountId: number;
  box: ListBox;
  search: string | undefined;
  /** Key of the process. */
  process: string | undefined;
  status: Status | undefined;
  after: { key: string; id: string } | undefined;
  limit: number;
}

export interface TaskListRow {
  id: string;
  instance_id: string;
  node: string;
  kind: TaskKind;
  action: string | null;
  read_at: Date | null;
  /** What the list is sorted by. */
  at: Date;
}

const boxOf = (box: ListBox, accountId: number) => {
  switch (box) {
    case 'todo':
      return sql`t.assignee_id = ${accountId} and t.state = 'open' and t.kind <> 'cc'`;
    case 'done':
      return sql`t.assignee_id = ${accountId} and t.state = 'done' and t.kind not in ('cc', 'edit')`;
    case 'cc':
      return sql`t.assignee_id = ${accountId} and t.kind = 'cc'`;
    case 'received':
      // One line a case: its newest task of mine.
      return sql`t.assignee_id = ${accountId} and t.kind not in ('cc', 'edit') and not exists (
        select 1 from workflow.task n where n.instance_id = t.instance_id and n.assignee_id = t.assignee_id
          and n.kind not in ('cc', 'edit') and (n.created_at, n.id) > (t.created_at, t.id))`;
  }
};

const timeOf = (box: ListBox) => (box === 'done' ? sql`t.done_at` : sql`t.created_at`);

const narrowed = (filter: ListFilter) => {
  const pattern = filter.search === undefined ? null : `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`${boxOf(filter.box, filter.accountId)}
    and (${pattern}::text is null or i.title ilike ${pattern} or i.reference like ${pattern})
    and (${filter.process ?? null}::text is null or d.key = ${filter.process ?? null})
    and (${filter.status ?? null}::text is null or i.status = ${filter.status ?? null})`;
};

const from = sql`workflow.task t
  join workflow.instance i on i.id = t.instance_id
  join workflow.definition d on d.id = i.definition_id`;

export function listTasks(db: Queryable, filter: ListFilter): Promise<TaskListRow[]> {
  const at = timeOf(filter.box);
  const after = filter.after
    ? sql`and (${at}, t.id) < (${filter.after.key}::timestamptz, ${filter.after.id}::uuid)`
    : sql``;
  return many(
    db,
    sql<TaskListRow>`select t.id, t.instance_id, t.node, t.kind, t.action, t.read_at, ${at} as at
      from ${from} where ${narrowed(filter)} ${after} order by ${at} desc, t.id desc limit ${filter.limit}`,
  );
}

/** Counts with the lists' own conditions, so that they never differ from them. */
export async function countTasks(db: Queryable, accountId: number, box: ListBox): Promise<number> {
  const filter: ListFilter = {
    accountId,
    box,
    search: undefined,
    process: undefined,
    status: undefined,
    after: undefined,
    limit: 0,
  };
  return (await one(db, sql<{ n: number }>`select count(*)::int as n from ${from} where ${narrowed(filter)}`))
    .n;
}

export interface CurrentStepRow {
  instance_id: string;
  node: string;
  definition_id: string;
}

/** Open steps of many cases at once. */
export function findCurrentSteps(db: Queryable, instanceIds: string[]): Promise<CurrentStepRow[]> {
  return many(
    db,
    sql<CurrentStepRow>`select v.instance_id, v.node, i.definition_id
      from workflow.visit v join workflow.instance i on i.id = v.instance_id
      where v.instance_id = any(${instanceIds}::uuid[]) and v.state in ('open', 'failed')`,
  );
}
