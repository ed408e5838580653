import {
  type ApproveNode,
  type Definition,
  findNode,
  following,
  type HandleNode,
  holds,
  type Node,
  START,
} from './definition.ts';
import { assign, type Snapshot } from './people.ts';
import type { Command, Effect, Outcome, Refusal, State, Task, TaskKind, Visit } from './state.ts';

/**
 * The whole engine: one command on one state gives the next state, or a refusal that changes nothing.
 * It is pure: identifiers come from `newId`, people from the snapshot, time is the caller's.
 */
export function step(
  definition: Definition,
  before: State,
  command: Command,
  snapshot: Snapshot,
  newId: () => string,
): Outcome {
  const run: Run = { definition, snapshot, newId, state: structuredClone(before), effects: [] };
  const refusal = apply(run, command);
  return refusal === undefined
    ? { ok: true, state: run.state, effects: run.effects }
    : { ok: false, refusal };
}

/** A case before its first command. */
export function emptyState(initiator: number, facts: State['facts']): State {
  return { initiator, status: 'running', facts, visits: [], tasks: [], resume: null };
}

interface Run {
  definition: Definition;
  snapshot: Snapshot;
  newId: () => string;
  state: State;
  effects: Effect[];
}

/** A definition is a finite tree, so a run is too; the bound only turns a bug into an error. */
const MAX_STEPS = 10_000;

function apply(run: Run, command: Command): Refusal | undefined {
  const { state } = run;
  if (command.type === 'start') {
    if (state.visits.length > 0) return 'bad_action';
    const visit = open(run, START);
    visit.state = 'passed';
    enter(run, following(run.definition, START));
    return undefined;
  }
  if (state.status !== 'running' && state.status !== 'returned') return 'ended';
  switch (command.type) {
    case 'decide':
      return decide(run, command);
    case 'resend':
      return resend(run, command.actor);
    case 'withdraw':
      if (command.actor !== state.initiator) return 'not_initiator';
      close(run, 'cancelled');
      finish(run, 'withdrawn', command.comment);
      return undefined;
    default:
      return actionResult(run, command);
  }
}

function decide(run: Run, command: Extract<Command, { type: 'decide' }>): Refusal | undefined {
  const { state, definition } = run;
  const task = state.tasks.find((candidate) => candidate.id === command.taskId);
  if (task?.state !== 'open') return 'task_closed';
  if (task.assignee !== command.actor) return 'not_assignee';
  const node = findNode(definition, task.node);
  const visit = state.visits.find((candidate) => candidate.id === task.visitId);
  if (!node || !visit || (node.type !== 'approve' && node.type !== 'handle')) return 'bad_action';
  const wanted = node.type === 'approve' ? ['approve', 'reject', 'return'] : ['complete', 'return'];
  if (!wanted.includes(command.action)) return 'bad_action';
  if (command.action === 'return' && !returnTargets(definition, state).includes(command.to))
    return 'bad_target';

  task.state = 'done';
  task.action = command.action;
  task.comment = command.comment;
  switch (command.action) {
    case 'approve':
    case 'complete':
      settle(run, node, visit);
      return undefined;
    case 'reject':
      return reject(run, node, command.comment);
    case 'return':
      close(run, 'returned');
      state.resume = command.straightBack ? { node: task.node, assignee: task.assignee } : null;
      goBack(run, command.to, command.comment);
      return undefined;
  }
}

/** Closes the visit as soon as its result is certain. */
function settle(run: Run, node: ApproveNode | HandleNode, visit: Visit): void {
  const left = run.state.tasks.filter((task) => task.visitId === visit.id && task.state === 'open');
  if (node.type === 'approve' && node.mode === 'all' && left.length > 0) return;
  for (const task of left) task.state = 'cancelled';
  visit.state = 'passed';
  goOn(run, visit.node);
}

function reject(run: Run, node: ApproveNode | HandleNode, comment: string | null): undefined {
  const back = node.type === 'approve' && node.onReject === 'return';
  close(run, back ? 'returned' : 'rejected');
  run.state.resume = null;
  if (back) goBack(run, START, comment);
  else finish(run, 'rejected', comment);
}

function resend(run: Run, actor: number): Refusal | undefined {
  const { state } = run;
  if (actor !== state.initiator) return 'not_initiator';
  if (state.status !== 'returned') return 'not_returned';
  const visit = state.visits.find((candidate) => candidate.node === START && candidate.state === 'open');
  if (!visit) return 'not_returned';
  for (const task of state.tasks) {
    if (task.visitId === visit.id && task.state === 'open')
      Object.assign(task, { state: 'done', action: 'resend' });
  }
  visit.state = 'passed';
  state.status = 'running';
  goOn(run, START);
  return undefined;
}

/** Behind a finished node: straight back to who returned it, or in order. */
function goOn(run: Run, nodeId: string): void {
  const { resume } = run.state;
  const node = resume && findNode(run.definition, resume.node);
  if (resume && node && (node.type === 'approve' || node.type === 'handle')) {
    run.state.resume = null;
    const visit = open(run, node.id);
    addTask(run, visit, node.type, resume.assignee);
    return;
  }
  enter(run, following(run.definition, nodeId));
}

function goBack(run: Run, target: string, comment: string | null): void {
  if (target !== START) {
    enter(run, findNode(run.definition, target));
    return;
  }
  run.state.status = 'returned';
  const visit = open(run, START);
  addTask(run, visit, 'edit', run.state.initiator);
  run.effects.push({ type: 'returned', comment });
}

/** Runs forward from a node until somebody or something must be waited for, or the end. */
function enter(run: Run, first: Node | undefined): void {
  let node = first;
  for (let count = 0; count < MAX_STEPS; count++) {
    if (node === undefined) {
      finish(run, 'approved', null);
      return;
    }
    if (visitNode(run, node)) return;
    node = nextOf(run, node);
  }
  throw new Error('the definition does not end');
}

function nextOf(run: Run, node: Node): Node | undefined {
  if (node.type === 'condition') {
    const branch = node.branches.find((candidate) => holds(candidate.when, run.state.facts));
    if (branch?.nodes[0]) return branch.nodes[0];
  }
  return following(run.definition, node.id);
}

/** Visits one node; true when the case waits there. */
function visitNode(run: Run, node: Node): boolean {
  const visit = open(run, node.id);
  switch (node.type) {
    case 'condition':
      visit.state = 'passed';
      visit.note = node.branches.find((branch) => holds(branch.when, run.state.facts))?.name ?? null;
      return false;
    case 'cc': {
      visit.state = 'passed';
      for (const person of assign(node, run.state.initiator, run.snapshot).people)
        addTask(run, visit, 'cc', person);
      return false;
    }
    case 'action':
      run.effects.push({
        type: 'run_action',
        visitId: visit.id,
        node: node.id,
        action: node.action,
        params: node.params,
      });
      return true;
    default: {
      const assignment = assign(node, run.state.initiator, run.snapshot);
      visit.note = assignment.note;
      if (assignment.pass) {
        visit.state = 'skipped';
        return false;
      }
      for (const person of assignment.people) addTask(run, visit, node.type, person);
      return true;
    }
  }
}

function actionResult(run: Run, command: Extract<Command, { visitId: string }>): Refusal | undefined {
  const visit = run.state.visits.find((candidate) => candidate.id === command.visitId);
  const node = visit && findNode(run.definition, visit.node);
  if (!visit || node?.type !== 'action') return 'bad_visit';
  if (visit.state !== 'open' && visit.state !== 'failed') return 'bad_visit';
  switch (command.type) {
    case 'action_failed':
      visit.state = 'failed';
      return undefined;
    case 'action_retry':
      if (visit.state !== 'failed') return 'bad_visit';
      visit.state = 'open';
      run.effects.push({
        type: 'run_action',
        visitId: visit.id,
        node: node.id,
        action: node.action,
        params: node.params,
      });
      return undefined;
    case 'action_done':
    case 'action_skipped':
      visit.state = command.type === 'action_done' ? 'passed' : 'skipped';
      goOn(run, visit.node);
      return undefined;
  }
}

/** Ends every open visit and its tasks. */
function close(run: Run, how: 'cancelled' | 'returned' | 'rejected'): void {
  for (const visit of run.state.visits)
    if (visit.state === 'open' || visit.state === 'failed') visit.state = how;
  for (const task of run.state.tasks)
    if (task.state === 'open' && task.kind !== 'cc') task.state = 'cancelled';
}

function finish(run: Run, status: 'approved' | 'rejected' | 'withdrawn', comment: string | null): void {
  run.state.status = status;
  run.state.resume = null;
  run.effects.push({ type: 'finished', status, comment });
}

function open(run: Run, nodeId: string): Visit {
  const { visits } = run.state;
  const visit: Visit = {
    id: run.newId(),
    seq: visits.length + 1,
    node: nodeId,
    round: visits.filter((other) => other.node === nodeId).length + 1,
    state: 'open',
    note: null,
  };
  visits.push(visit);
  return visit;
}

function addTask(run: Run, visit: Visit, kind: TaskKind, assignee: number): void {
  const task: Task = {
    id: run.newId(),
    visitId: visit.id,
    node: visit.node,
    kind,
    assignee,
    state: 'open',
    action: null,
    comment: null,
  };
  run.state.tasks.push(task);
  run.effects.push({ type: 'task_created', task });
}

/** Where 退回 may lead from here: the initiator's form, and every staffed step passed before the open one. */
export function returnTargets(definition: Definition, state: State): string[] {
  const current = state.visits.find((visit) => visit.state === 'open')?.node;
  const targets = [START];
  for (const visit of state.visits) {
    const node = findNode(definition, visit.node);
    const staffed = node?.type === 'approve' || node?.type === 'handle';
    if (staffed && visit.state === 'passed' && visit.node !== current && !targets.includes(visit.node))
      targets.push(visit.node);
  }
  return targets;
}
