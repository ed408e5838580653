import type { Channels } from '../channels/index.ts';
import type { Directory } from '../directory/index.ts';
import type { Clock } from '../kit/clock/index.ts';
import { newId } from '../kit/crypto/index.ts';
import { afterCommit, type Db, type Queryable, type Tx } from '../kit/db/index.ts';
import { commonErrors } from '../kit/errors/index.ts';
import type { Events, Signals } from '../kit/events/index.ts';
import { type Definition, definitionProblems, type Facts, findNode, START } from './engine/definition.ts';
import { returnTargets, step } from './engine/engine.ts';
import { type ForecastStep, forecast } from './engine/forecast.ts';
import type { Command, Effect, State } from './engine/state.ts';
import { takeSnapshot } from './snapshot.ts';
import * as lists from './task-lists.store.ts';
import { workflowErrors } from './workflow.errors.ts';
import { actionDue } from './workflow.events.ts';
import * as store from './workflow.store.ts';

/** Signals topic; the payload is the account id whose task lists changed. */
export const TASKS_CHANGED = 'workflow.tasks';

export interface WorkflowContext {
  db: Db;
  clock: Clock;
  events: Events;
  signals: Signals;
  directory: Directory;
  channels: Channels;
}

export interface Decide {
  action: 'approve' | 'reject' | 'return' | 'complete';
  comment?: string;
  to?: string;
  straightBack?: boolean;
}

/** What a command did, for the module whose case it is. */
export interface Moved {
  instanceId: string;
  status: State['status'];
  effects: Effect[];
}

export type Workflow = ReturnType<typeof createWorkflow>;

/** At most one 催办 an hour for one case. */
const URGE_EVERY_MS = 3_600_000;

export function createWorkflow({ clock, events, signals, directory, channels }: WorkflowContext) {
  async function definitionOf(db: Queryable, id: string): Promise<Definition> {
    const definition = await store.findDefinition(db, id);
    if (!definition) throw commonErrors.not_found();
    return definition;
  }

  async function load(db: Queryable, row: store.InstanceRow): Promise<State> {
    return {
      initiator: row.initiator_id,
      status: row.status,
      facts: row.facts,
      visits: await store.findVisits(db, row.id),
      tasks: await store.findTasks(db, row.id),
      resume: row.resume,
    };
  }

  /** One command: locked, decided by the engine, saved with its effects, in the caller's transaction. */
  async function command(
    tx: Tx,
    instanceId: string,
    input: Command,
    log: { actorId: number; comment: string | null },
    facts?: Facts,
  ): Promise<Moved> {
    const row = await store.lockInstance(tx, instanceId);
    if (!row) throw commonErrors.not_found();
    const before = await load(tx, row);
    if (facts) before.facts = facts;
    const definition = await definitionOf(tx, row.definition_id);
    const snapshot = await takeSnapshot(directory, tx, definition, before.initiator, before.facts);
    const outcome = step(definition, before, input, snapshot, () => newId(clock.ms()));
    if (!outcome.ok) throw workflowErrors[outcome.refusal]();
    await save(tx, row, before, outcome.state);
    const task =
      'taskId' in input ? before.tasks.find((candidate) => candidate.id === input.taskId) : undefined;
    const visit =
      'visitId' in input ? before.visits.find((candidate) => candidate.id === input.visitId) : undefined;
    await store.insertLog(tx, {
      instanceId,
      actorId: log.actorId,
      action: input.type === 'decide' ? input.action : input.type,
      node: task?.node ?? visit?.node ?? null,
      comment: log.comment,
      now: clock.now(),
    });
    await carryOut(tx, row, definition, outcome.effects);
    ring(tx, before, outcome.state);
    return { instanceId, status: outcome.state.status, effects: outcome.effects };
  }

  async function save(tx: Tx, row: store.InstanceRow, before: State, after: State): Promise<void> {
    const now = clock.now();
    const ended = after.status === 'approved' || after.status === 'rejected' || after.status === 'withdrawn';
    await store.updateInstance(tx, {
      id: row.id,
      status: after.status,
      facts: after.facts,
      resume: after.resume,
      endedAt: ended ? (row.ended_at ?? now) : null,
    });
    await store.saveVisits(tx, row.id, changed(before.visits, after.visits), now);
    await store.saveTasks(tx, row.id, changed(before.tasks, after.tasks), now);
  }

  async function carryOut(
    tx: Tx,
    row: store.InstanceRow,
    definition: Definition,
    effects: Effect[],
  ): Promise<void> {
    const [initiator] = await directory.accounts.findMany(tx, [row.initiator_id]);
    const from = initiator?.name ?? '';
    for (const effect of effects) {
      if (effect.type === 'task_created' && effect.task.kind !== 'edit') {
        const { id, kind, node, assignee } = effect.task;
        await channels.notify(tx, {
          accountId: assignee,
          template: kind === 'cc' ? 'task_cc' : 'task_new',
          params: { title: row.title, from, step: findNode(definition, node)?.name ?? '' },
          link: `/tasks/${id}`,
          key: `task:${id}`,
        });
      }
      if (effect.type === 'run_action') {
        const { visitId, node, action, params } = effect;
        await store.upsertAction(tx, { visitId, instanceId: row.id, node, action, params, now: clock.now() });
        await events.publish(tx, actionDue, { visitId, instanceId: row.id, action });
      }
    }
  }

  /** Wakes the pages of everybody whose lists changed. */
  function ring(tx: Tx, before: State, after: State): void {
    const people = new Set([
      after.initiator,
      ...changed(before.tasks, after.tasks).map((task) => task.assignee),
    ]);
    afterCommit(tx, () => {
      for (const person of people) signals.send(TASKS_CHANGED, String(person));
    });
  }

  async function loadAction(tx: Tx, visitId: string): Promise<store.ActionRow> {
    const found = await store.findAction(tx, visitId);
    if (!found) throw commonErrors.not_found();
    await store.lockInstance(tx, found.instance_id);
    // Read again under the lock: another process may have just finished it.
    const action = await store.findAction(tx, visitId);
    if (!action) throw commonErrors.not_found();
    return action;
  }

  return {
    /** A new version of a process; running cases keep theirs. */
    async publish(tx: Tx, key: string, definition: Definition): Promise<{ id: string; version: number }> {
      const [problem] = definitionProblems(definition);
      if (problem !== undefined) throw workflowErrors.bad_definition({ problem });
      return store.insertDefinition(tx, { id: newId(clock.ms()), key, tree: definition, now: clock.now() });
    },

    definitionOf,

    async start(
      tx: Tx,
      input: {
        id: string;
        definitionId: string;
        initiatorId: number;
        facts: Facts;
        title: string;
        reference: string;
      },
    ): Promise<Moved> {
      await store.insertInstance(tx, { ...input, now: clock.now() });
      return command(tx, input.id, { type: 'start' }, { actorId: input.initiatorId, comment: null });
    },

    /** `facts`: the form's values after what this step wrote into them. */
    async decide(tx: Tx, actorId: number, taskId: string, decision: Decide, facts?: Facts): Promise<Moved> {
      const task = await store.findTask(tx, taskId);
      if (!task) throw commonErrors.not_found();
      const comment = decision.comment?.trim() || null;
      const base = { type: 'decide' as const, taskId, actor: actorId, comment };
      if ((decision.action === 'reject' || decision.action === 'return') && comment === null) {
        throw workflowErrors.comment_required({}, { field: 'comment' });
      }
      const input: Command =
        decision.action === 'return'
          ? {
              ...base,
              action: 'return',
              to: decision.to ?? START,
              straightBack: decision.straightBack ?? false,
            }
          : decision.action === 'reject'
            ? { ...base, action: 'reject' }
            : { ...base, action: decision.action };
      return command(tx, task.instance_id, input, { actorId, comment }, facts);
    },

    resend: (tx: Tx, actorId: number, instanceId: string, facts: Facts) =>
      command(tx, instanceId, { type: 'resend', actor: actorId }, { actorId, comment: null }, facts),

    withdraw: (tx: Tx, actorId: number, instanceId: string, comment: string | null) =>
      command(tx, instanceId, { type: 'withdraw', actor: actorId, comment }, { actorId, comment }),

    /** 催办: tells everybody who holds an open task, at most once an hour. */
    async urge(tx: Tx, actorId: number, instanceId: string): Promise<void> {
      const row = await store.lockInstance(tx, instanceId);
      if (!row) throw commonErrors.not_found();
      if (row.initiator_id !== actorId) throw workflowErrors.not_initiator();
      if (row.status !== 'running') throw workflowErrors.ended();
      const last = await store.findLastLog(tx, instanceId, 'urge');
      if (last && clock.ms() - last.getTime() < URGE_EVERY_MS) throw workflowErrors.urged_recently();
      const definition = await definitionOf(tx, row.definition_id);
      const [initiator] = await directory.accounts.findMany(tx, [actorId]);
      const at = clock.now();
      for (const task of await store.findTasks(tx, instanceId)) {
        if (task.state !== 'open' || task.kind === 'cc') continue;
        await channels.notify(tx, {
          accountId: task.assignee,
          template: 'task_urge',
          params: {
            title: row.title,
            from: initiator?.name ?? '',
            step: findNode(definition, task.node)?.name ?? '',
          },
          link: `/tasks/${task.id}`,
          key: `urge:${task.id}:${at.toISOString()}`,
        });
      }
      await store.insertLog(tx, { instanceId, actorId, action: 'urge', node: null, comment: null, now: at });
    },

    /** The automatic step as it stands, its case locked; pending is the only state that runs. */
    loadAction,

    async finishAction(tx: Tx, visitId: string): Promise<Moved> {
      const action = await loadAction(tx, visitId);
      await store.setActionState(tx, { visitId, state: 'done', error: null, now: clock.now() });
      return command(tx, action.instance_id, { type: 'action_done', visitId }, { actorId: 0, comment: null });
    },

    /** Parks the case and tells the administrators. */
    async failAction(tx: Tx, visitId: string, reason: string): Promise<void> {
      const action = await loadAction(tx, visitId);
      await store.setActionState(tx, {
        visitId,
        state: 'failed',
        error: reason.slice(0, 500),
        now: clock.now(),
      });
      await command(
        tx,
        action.instance_id,
        { type: 'action_failed', visitId },
        { actorId: 0, comment: reason.slice(0, 500) },
      );
      const row = await store.findInstance(tx, action.instance_id);
      const definition = row && (await definitionOf(tx, row.definition_id));
      const stepName = (definition && findNode(definition, action.node)?.name) ?? action.node;
      for (const administrator of await directory.administrators.institutionWide(tx)) {
        await channels.notify(tx, {
          accountId: administrator,
          template: 'action_failed',
          params: { title: action.title, step: stepName, reason },
          link: '/console/failed-actions',
          key: `action_failed:${visitId}:${action.attempts}`,
        });
      }
    },

    async retryAction(tx: Tx, actorId: number, visitId: string, facts?: Facts): Promise<Moved> {
      const action = await loadAction(tx, visitId);
      if (action.state !== 'failed') throw workflowErrors.bad_visit();
      return command(
        tx,
        action.instance_id,
        { type: 'action_retry', visitId },
        { actorId, comment: null },
        facts,
      );
    },

    async skipAction(tx: Tx, actorId: number, visitId: string, reason: string): Promise<Moved> {
      const action = await loadAction(tx, visitId);
      if (action.state !== 'failed') throw workflowErrors.bad_visit();
      await store.setActionState(tx, { visitId, state: 'skipped', error: reason, now: clock.now() });
      return command(
        tx,
        action.instance_id,
        { type: 'action_skipped', visitId },
        { actorId, comment: reason },
      );
    },

    failedActions: (db: Queryable) => store.findFailedActions(db, 200),

    findInstance: store.findInstance,
    findTask: store.findTask,
    isInvolved: store.isInvolved,
    countTodo: store.countTodo,
    readTask: (db: Queryable, id: string) => store.markTaskRead(db, id, clock.now()),
    finishCc: (db: Queryable, id: string) => store.finishCc(db, id, clock.now()),
    visits: store.findVisits,
    tasks: store.findTasks,

    lock: store.lockInstance,
    listTasks: lists.listTasks,
    countTasks: lists.countTasks,

    /** Names of the open steps of many cases, by case. */
    async currentSteps(db: Queryable, instanceIds: string[]): Promise<Map<string, string[]>> {
      const names = new Map<string, string[]>();
      const definitions = new Map<string, Definition>();
      for (const row of await lists.findCurrentSteps(db, instanceIds)) {
        const definition = definitions.get(row.definition_id) ?? (await definitionOf(db, row.definition_id));
        definitions.set(row.definition_id, definition);
        const name =
          row.node === START ? definition.start : (findNode(definition, row.node)?.name ?? row.node);
        names.set(row.instance_id, [...(names.get(row.instance_id) ?? []), name]);
      }
      return names;
    },

    /** What a node of a case's process is called. */
    async nodeName(db: Queryable, instanceId: string, node: string): Promise<string> {
      const row = await store.findInstance(db, instanceId);
      const definition = row && (await definitionOf(db, row.definition_id));
      if (!definition) return node;
      return node === START ? definition.start : (findNode(definition, node)?.name ?? node);
    },

    /** Where 退回 may lead from the open step. */
    async returnTargets(db: Queryable, instanceId: string): Promise<{ node: string; name: string }[]> {
      const row = await store.findInstance(db, instanceId);
      if (!row) throw commonErrors.not_found();
      const definition = await definitionOf(db, row.definition_id);
      return returnTargets(definition, await load(db, row)).map((node) => ({
        node,
        name: node === START ? definition.start : (findNode(definition, node)?.name ?? node),
      }));
    },

    /** The steps to come behind `after`, by the engine's own choice. */
    async forecast(
      db: Queryable,
      definition: Definition,
      initiatorId: number,
      facts: Facts,
      after: string = START,
    ): Promise<ForecastStep[]> {
      const snapshot = await takeSnapshot(directory, db, definition, initiatorId, facts);
      return forecast(definition, { initiator: initiatorId, facts }, after, snapshot);
    },
  };
}

/** Entries of `after` that are new or different. */
function changed<T extends { id: string }>(before: readonly T[], after: readonly T[]): T[] {
  const old = new Map(before.map((entry) => [entry.id, JSON.stringify(entry)]));
  return after.filter((entry) => old.get(entry.id) !== JSON.stringify(entry));
}
