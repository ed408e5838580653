import { many, maybe, one, type Queryable, run, sql } from '../kit/db/index.ts';
import type { Definition, Facts } from './engine/definition.ts';
import type { Resume, Status, Task, TaskKind, Visit } from './engine/state.ts';

export async function insertDefinition(
  db: Queryable,
  row: { id: string; key: string; tree: Definition; now: Date },
): Promise<{ id: string; version: number }> {
  return one(
    db,
    sql<{ id: string; version: number }>`insert into workflow.definition (id, key, version, tree, created_at)
      values (${row.id}::uuid, ${row.key},
              (select coalesce(max(version), 0) + 1 from workflow.definition where key = ${row.key}),
              ${JSON.stringify(row.tree)}::jsonb, ${row.now})
      returning id, version`,
  );
}

export async function findDefinition(db: Queryable, id: string): Promise<Definition | undefined> {
  return (
    await maybe(db, sql<{ tree: Definition }>`select tree from workflow.definition where id = ${id}::uuid`)
  )?.tree;
}

export interface InstanceRow {
  id: string;
  definition_id: string;
  initiator_id: number;
  status: Status;
  facts: Facts;
  title: string;
  resume: Resume | null;
  created_at: Date;
  ended_at: Date | null;
}

/** Locks the instance: one command at a time. */
export function lockInstance(db: Queryable, id: string): Promise<InstanceRow | undefined> {
  return maybe(db, sql<InstanceRow>`select * from workflow.instance where id = ${id}::uuid for update`);
}

export function findInstance(db: Queryable, id: string): Promise<InstanceRow | undefined> {
  return maybe(db, sql<InstanceRow>`select * from workflow.instance where id = ${id}::uuid`);
}

export async function insertInstance(
  db: Queryable,
  row: {
    id: string;
    definitionId: string;
    initiatorId: number;
    facts: Facts;
    title: string;
    reference: string;
    now: Date;
  },
): Promise<void> {
  await run(
    db,
    sql`insert into workflow.instance (id, definition_id, initiator_id, status, facts, title, reference, created_at)
        values (${row.id}::uuid, ${row.definitionId}::uuid, ${row.initiatorId}, 'running',
                ${JSON.stringify(row.facts)}::jsonb, ${row.title}, ${row.reference}, ${row.now})`,
  );
}

export async function updateInstance(
  db: Queryable,
  row: { id: string; status: Status; facts: Facts; resume: Resume | null; endedAt: Date | null },
): Promise<void> {
  await run(
    db,
    sql`update workflow.instance set status = ${row.status}, facts = ${JSON.stringify(row.facts)}::jsonb,
          resume = ${row.resume === null ? null : JSON.stringify(row.resume)}::jsonb, ended_at = ${row.endedAt}
        where id = ${row.id}::uuid`,
  );
}

export interface VisitRow extends Visit {
  entered_at: Date;
  left_at: Date | null;
}

export function findVisits(db: Queryable, instanceId: string): Promise<VisitRow[]> {
  return many(
    db,
    sql<VisitRow>`select id, seq, node, round, state, note, entered_at, left_at
      from workflow.visit where instance_id = ${instanceId}::uuid order by seq`,
  );
}

export interface TaskRow extends Task {
  created_at: Date;
  read_at: Date | null;
  done_at: Date | null;
}

export function findTasks(db: Queryable, instanceId: string): Promise<TaskRow[]> {
  return many(
    db,
    sql<TaskRow>`select id, visit_id as "visitId", node, kind, assignee_id as assignee, state, action, comment,
        created_at, read_at, done_at
      from workflow.task where instance_id = ${instanceId}::uuid order by id`,
  );
}

/** Inserts or updates visits in one statement. */
export async function saveVisits(
  db: Queryable,
  instanceId: string,
  visits: Visit[],
  now: Date,
): Promise<void> {
  if (visits.length === 0) return;
  await run(
    db,
    sql`insert into workflow.visit as v (id, instance_id, seq, node, round, state, note, entered_at, left_at)
        select x.id, ${instanceId}::uuid, x.seq, x.node, x.round, x.state, x.note, ${now},
               case when x.state in ('open', 'failed') then null else ${now}::timestamptz end
        from jsonb_to_recordset(${JSON.stringify(visits)}::jsonb)
          as x(id uuid, seq int, node text, round int, state text, note text)
        on conflict (id) do update set state = excluded.state, note = excluded.note, left_at = excluded.left_at`,
  );
}

export async function saveTasks(db: Queryable, instanceId: string, tasks: Task[], now: Date): Promise<void> {
  if (tasks.length === 0) return;
  await run(
    db,
    sql`insert into workflow.task as t (id, instance_id, visit_id, node, kind, assignee_id, state, action, comment, created_at, done_at)
        select x.id, ${instanceId}::uuid, x."visitId", x.node, x.kind, x.assignee, x.state, x.action, x.comment, ${now},
               case when x.state = 'done' then ${now}::timestamptz end
        from jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb)
          as x(id uuid, "visitId" uuid, node text, kind text, assignee bigint, state text, action text, comment text)
        on conflict (id) do update set state = excluded.state, action = excluded.action, comment = excluded.comment,
          done_at = excluded.done_at`,
  );
}

export async function insertLog(
  db: Queryable,
  row: {
    instanceId: string;
    actorId: number;
    action: string;
    node: string | null;
    comment: string | null;
    now: Date;
  },
): Promise<void> {
  await run(
    db,
    sql`insert into workflow.log (instance_id, seq, at, actor_id, action, node, comment)
        select ${row.instanceId}::uuid, coalesce(max(seq), 0) + 1, ${row.now}, ${row.actorId}, ${row.action}, ${row.node}, ${row.comment}
        from workflow.log where instance_id = ${row.instanceId}::uuid`,
  );
}

export async function findLastLog(
  db: Queryable,
  instanceId: string,
  action: string,
): Promise<Date | undefined> {
  const row = await maybe(
    db,
    sql<{
      at: Date;
    }>`select at from workflow.log where instance_id = ${instanceId}::uuid and action = ${action}
      order by seq desc limit 1`,
  );
  return row?.at;
}

export interface TaskOwnerRow {
  id: string;
  instance_id: string;
  node: string;
  kind: TaskKind;
  assignee_id: number;
  state: Task['state'];
  read_at: Date | null;
}

export function findTask(db: Queryable, id: string): Promise<TaskOwnerRow | undefined> {
  return maybe(
    db,
    sql<TaskOwnerRow>`select id, instance_id, node, kind, assignee_id, state, read_at from workflow.task where id = ${id}::uuid`,
  );
}

export async function markTaskRead(db: Queryable, id: string, now: Date): Promise<void> {
  await run(db, sql`update workflow.task set read_at = coalesce(read_at, ${now}) where id = ${id}::uuid`);
}

/** Reading a copy is all that it asks for. */
export async function finishCc(db: Queryable, id: string, now: Date): Promise<void> {
  await run(
    db,
    sql`update workflow.task set state = 'done', action = 'read', read_at = coalesce(read_at, ${now}), done_at = ${now}
        where id = ${id}::uuid and kind = 'cc' and state = 'open'`,
  );
}

export async function isInvolved(db: Queryable, instanceId: string, accountId: number): Promise<boolean> {
  const row = await maybe(
    db,
    sql`select 1 from workflow.task where instance_id = ${instanceId}::uuid and assignee_id = ${accountId} limit 1`,
  );
  return row !== undefined;
}

export async function countTodo(db: Queryable, accountId: number): Promise<number> {
  const row = await one(
    db,
    sql<{
      n: number;
    }>`select count(*)::int as n from workflow.task where assignee_id = ${accountId} and state = 'open' and kind <> 'cc'`,
  );
  return row.n;
}

export interface ActionRow {
  visit_id: string;
  instance_id: string;
  node: string;
  action: string;
  params: Record<string, unknown>;
  state: 'pending' | 'done' | 'failed' | 'skipped';
  attempts: number;
  error: string | null;
  updated_at: Date;
  title: string;
}

export async function upsertAction(
  db: Queryable,
  row: {
    visitId: string;
    instanceId: string;
    node: string;
    action: string;
    params: Record<string, unknown>;
    now: Date;
  },
): Promise<void> {
  await run(
    db,
    sql`insert into workflow.action as a (visit_id, instance_id, node, action, params, state, updated_at)
        values (${row.visitId}::uuid, ${row.instanceId}::uuid, ${row.node}, ${row.action}, ${JSON.stringify(row.params)}::jsonb, 'pending', ${row.now})
        on conflict (visit_id) do update set state = 'pending', updated_at = excluded.updated_at`,
  );
}

export function findAction(db: Queryable, visitId: string): Promise<ActionRow | undefined> {
  return maybe(
    db,
    sql<ActionRow>`select a.*, i.title from workflow.action a join workflow.instance i on i.id = a.instance_id
      where a.visit_id = ${visitId}::uuid`,
  );
}

export async function setActionState(
  db: Queryable,
  row: { visitId: string; state: ActionRow['state']; error: string | null; now: Date },
): Promise<void> {
  await run(
    db,
    sql`update workflow.action set state = ${row.state}, error = ${row.error}, attempts = attempts + 1, updated_at = ${row.now}
        where visit_id = ${row.visitId}::uuid`,
  );
}

export function findFailedActions(db: Queryable, limit: number): Promise<ActionRow[]> {
  return many(
    db,
    sql<ActionRow>`select a.*, i.title from workflow.action a join workflow.instance i on i.id = a.instance_id
      where a.state = 'failed' order by a.updated_at desc limit ${limit}`,
  );
}
