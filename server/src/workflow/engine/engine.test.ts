import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Definition,
  definitionProblems,
  findNode,
  type Node,
  rulesOf,
  START,
  walk,
} from './definition.ts';
import { emptyState, returnTargets, step } from './engine.ts';
import { forecast } from './forecast.ts';
import { assign, ruleKey, type Snapshot } from './people.ts';
import type { Command, State } from './state.ts';

const INITIATOR = 1;
const ADMIN = 99;

function counter(): () => string {
  let n = 0;
  return () => `id${++n}`;
}

function snapshotOf(definition: Definition, chain: (number | null)[] = [2, 3]): Snapshot {
  const answers = new Map(
    rulesOf(definition).map((rule) => [
      ruleKey(rule),
      rule.kind === 'people'
        ? { ids: rule.ids }
        : rule.kind === 'unit_head'
          ? { ids: [], chain }
          : { ids: [INITIATOR] },
    ]),
  );
  return { answers, administrators: [ADMIN] };
}

const people = (...ids: number[]) => [{ kind: 'people' as const, ids }];
const twoSteps: Definition = {
  name: 'x',
  start: '提交',
  nodes: [
    { id: 'a', type: 'approve', name: 'A', mode: 'any', who: people(10, 11) },
    { id: 'b', type: 'approve', name: 'B', mode: 'all', who: people(20, 21) },
    { id: 'do', type: 'action', name: 'Do', action: 'x', params: {} },
  ],
};

/** Drives a case by names rather than ids. */
function play(definition: Definition, chain?: (number | null)[]) {
  const newId = counter();
  const snapshot = snapshotOf(definition, chain);
  let state: State = emptyState(INITIATOR, {});
  const send = (command: Command) => {
    const outcome = step(definition, state, command, snapshot, newId);
    if (outcome.ok) state = outcome.state;
    return outcome.ok ? 'ok' : outcome.refusal;
  };
  const taskOf = (person: number) =>
    state.tasks.find((task) => task.assignee === person && task.state === 'open')?.id ?? 'none';
  send({ type: 'start' });
  return {
    get state() {
      return state;
    },
    send,
    approve: (person: number) =>
      send({ type: 'decide', taskId: taskOf(person), actor: person, action: 'approve', comment: null }),
    reject: (person: number) =>
      send({ type: 'decide', taskId: taskOf(person), actor: person, action: 'reject', comment: '不行' }),
    giveBack: (person: number, to: string, straightBack = false) =>
      send({
        type: 'decide',
        taskId: taskOf(person),
        actor: person,
        action: 'return',
        to,
        straightBack,
        comment: null,
      }),
    open: () =>
      state.tasks
        .filter((task) => task.state === 'open')
        .map((task) => task.assignee)
        .sort((a, b) => a - b),
  };
}

describe('engine', () => {
  it('[HALL-7] any: the first answer decides and the others are let go', () => {
    const game = play(twoSteps);
    expect(game.open()).toEqual([10, 11]);
    expect(game.approve(11)).toBe('ok');
    expect(game.open()).toEqual([20, 21]);
    expect(game.approve(10)).toBe('task_closed');
  });

  it('[HALL-7] all: everybody must agree, and one rejection ends the case', () => {
    const game = play(twoSteps);
    game.approve(10);
    game.approve(20);
    expect(game.open()).toEqual([21]);
    expect(game.reject(21)).toBe('ok');
    expect(game.state.status).toBe('rejected');
    expect(game.open()).toEqual([]);
    expect(game.approve(21)).toBe('ended');
  });

  it('[HALL-7] waits for an automatic step, fails, is tried again, and ends', () => {
    const game = play(twoSteps);
    for (const person of [10, 20, 21]) game.approve(person);
    const visit = game.state.visits.at(-1);
    expect(visit?.node).toBe('do');
    expect(game.send({ type: 'action_failed', visitId: visit?.id ?? '' })).toBe('ok');
    expect(game.state.status).toBe('running');
    expect(game.send({ type: 'action_retry', visitId: visit?.id ?? '' })).toBe('ok');
    expect(game.send({ type: 'action_done', visitId: visit?.id ?? '' })).toBe('ok');
    expect(game.state.status).toBe('approved');
    expect(game.send({ type: 'action_done', visitId: visit?.id ?? '' })).toBe('ended');
  });

  it('[HALL-7] returns to the initiator and, resent, goes through the steps again in order', () => {
    const game = play(twoSteps);
    game.approve(10);
    expect(game.giveBack(20, START)).toBe('ok');
    expect(game.state.status).toBe('returned');
    expect(game.open()).toEqual([INITIATOR]);
    expect(game.send({ type: 'resend', actor: INITIATOR })).toBe('ok');
    expect(game.open()).toEqual([10, 11]);
    expect(game.state.visits.filter((visit) => visit.node === 'a').map((visit) => visit.round)).toEqual([
      1, 2,
    ]);
  });

  it('[HALL-7] returns straight back to who returned it', () => {
    const game = play(twoSteps);
    game.approve(10);
    expect(game.giveBack(21, 'a', true)).toBe('ok');
    expect(game.open()).toEqual([10, 11]);
    game.approve(10);
    expect(game.open()).toEqual([21]);
    game.approve(21);
    expect(game.state.visits.at(-1)?.node).toBe('do');
  });

  it('[HALL-7] refuses a return to a step that has not been passed', () => {
    const game = play(twoSteps);
    expect(game.giveBack(10, 'b')).toBe('bad_target');
  });

  it('[HALL-7] only the initiator withdraws, and only before the end', () => {
    const game = play(twoSteps);
    expect(game.send({ type: 'withdraw', actor: 10, comment: null })).toBe('not_initiator');
    expect(game.send({ type: 'withdraw', actor: INITIATOR, comment: null })).toBe('ok');
    expect(game.state.status).toBe('withdrawn');
    expect(game.send({ type: 'withdraw', actor: INITIATOR, comment: null })).toBe('ended');
  });

  it('[HALL-7] asks the administrators where nobody is found, and says so', () => {
    const head: Node = {
      id: 'h',
      type: 'approve',
      name: 'H',
      mode: 'any',
      who: [{ kind: 'unit_head', unit: { of: 'initiator' } }],
    };
    const lonely: Definition = { name: 'x', start: 's', nodes: [head] };
    const game = play(lonely, []);
    expect(game.open()).toEqual([ADMIN]);
    expect(game.state.visits.at(-1)?.note).toBe('empty_administrators');
  });

  it('[HALL-7] passes an initiator who is head to the head above, by setting', () => {
    const definition = (self: 'keep' | 'skip' | 'head_above'): Definition => ({
      name: 'x',
      start: 's',
      nodes: [
        {
          id: 'h',
          type: 'approve',
          name: 'H',
          mode: 'any',
          self,
          who: [{ kind: 'unit_head', unit: { of: 'initiator' } }],
        },
      ],
    });
    expect(play(definition('keep'), [INITIATOR, 3]).open()).toEqual([INITIATOR]);
    expect(play(definition('head_above'), [INITIATOR, null, 3]).open()).toEqual([3]);
    expect(play(definition('skip'), [INITIATOR, 3]).state.status).toBe('approved');
  });
});

const nodeArb = (depth: number): fc.Arbitrary<Node> => {
  const who = fc
    .array(fc.integer({ min: 1, max: 6 }), { minLength: 0, maxLength: 3 })
    .map((ids) => people(...ids));
  const base = { id: fc.uuid(), name: fc.constant('n') };
  const leaves: fc.Arbitrary<Node>[] = [
    fc.record({
      ...base,
      type: fc.constant('approve' as const),
      mode: fc.constantFrom('any' as const, 'all' as const),
      onReject: fc.constantFrom('end' as const, 'return' as const),
      empty: fc.constantFrom('administrators' as const, 'pass' as const),
      self: fc.constantFrom('keep' as const, 'skip' as const),
      who,
    }),
    fc.record({ ...base, type: fc.constant('handle' as const), who }),
    fc.record({ ...base, type: fc.constant('cc' as const), who }),
    fc.record({
      ...base,
      type: fc.constant('action' as const),
      action: fc.constant('x'),
      params: fc.constant({}),
    }),
  ];
  if (depth === 0) return fc.oneof(...leaves);
  const branch = fc.record({
    name: fc.constant('b'),
    when: fc.record({
      field: fc.constant('f'),
      op: fc.constant('eq' as const),
      value: fc.integer({ min: 0, max: 2 }),
    }),
    nodes: fc.array(nodeArb(depth - 1), { maxLength: 3 }),
  });
  const condition = fc.record({
    ...base,
    type: fc.constant('condition' as const),
    branches: fc.array(branch, { minLength: 1, maxLength: 3 }),
  });
  return fc.oneof(...leaves, condition);
};

const definitionArb: fc.Arbitrary<Definition> = fc.record({
  name: fc.constant('d'),
  start: fc.constant('s'),
  nodes: fc.array(nodeArb(2), { minLength: 1, maxLength: 6 }),
});

describe('engine, random processes and commands', () => {
  it('[HALL-7] never sticks: an unfinished case always waits for exactly one step', () => {
    fc.assert(
      fc.property(
        definitionArb,
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.nat(1_000), { maxLength: 60 }),
        (definition, fact, choices) => {
          const newId = counter();
          const snapshot = snapshotOf(definition);
          let state = emptyState(INITIATOR, { f: fact });
          const apply = (command: Command) => {
            const outcome = step(definition, state, command, snapshot, newId);
            if (outcome.ok) state = outcome.state;
          };
          apply({ type: 'start' });
          for (const choice of choices) {
            checkInvariant(definition, state);
            const command = randomCommand(definition, state, choice);
            if (command) apply(command);
          }
          checkInvariant(definition, state);
        },
      ),
      { numRuns: Number(process.env['ENGINE_RUNS'] ?? 2_000) },
    );
  });

  it('[HALL-7] the forecast names the same people as the run', () => {
    fc.assert(
      fc.property(definitionArb, fc.integer({ min: 0, max: 3 }), (definition, fact) => {
        const newId = counter();
        const snapshot = snapshotOf(definition);
        let state = emptyState(INITIATOR, { f: fact });
        const foreseen = forecast(definition, state, START, snapshot).filter((entry) => !entry.pass);
        const outcome = step(definition, state, { type: 'start' }, snapshot, newId);
        if (outcome.ok) state = outcome.state;
        for (let guard = 0; state.status === 'running' && guard < 500; guard++) {
          const next = agree(definition, state);
          const result = next && step(definition, state, next, snapshot, newId);
          if (result?.ok) state = result.state;
        }
        expect(state.status).toBe('approved');
        const asked = state.visits
          .filter(
            (visit) =>
              visit.node !== START &&
              findNode(definition, visit.node)?.type !== 'condition' &&
              visit.state === 'passed',
          )
          .map((visit) => [
            visit.node,
            state.tasks.filter((task) => task.visitId === visit.id).map((task) => task.assignee),
          ]);
        expect(asked.filter(([node]) => foreseen.some((entry) => entry.node.id === node))).toEqual(
          foreseen.map((entry) => [entry.node.id, entry.people]),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds double ids and empty steps', () => {
    const bad: Definition = {
      name: 'x',
      start: 's',
      nodes: [
        { id: 'a', type: 'cc', name: 'A', who: [] },
        { id: 'a', type: 'handle', name: 'B', who: people(1) },
      ],
    };
    expect(definitionProblems(bad)).toHaveLength(2);
    expect([...walk(twoSteps.nodes)]).toHaveLength(3);
    expect(assign({ id: 'c', type: 'cc', name: 'C', who: [] }, 1, snapshotOf(twoSteps)).pass).toBe(true);
  });
});

function checkInvariant(definition: Definition, state: State): void {
  const open = state.visits.filter((visit) => visit.state === 'open' || visit.state === 'failed');
  const tasks = state.tasks.filter((task) => task.state === 'open' && task.kind !== 'cc');
  const over = state.status !== 'running' && state.status !== 'returned';
  expect(open).toHaveLength(over ? 0 : 1);
  if (over) expect(tasks).toEqual([]);
  const [visit] = open;
  if (!visit) return;
  const node = findNode(definition, visit.node);
  if (node?.type === 'action') expect(tasks).toEqual([]);
  else {
    expect(tasks.length).toBeGreaterThan(0);
    expect(tasks.every((task) => task.visitId === visit.id)).toBe(true);
  }
}

function agree(definition: Definition, state: State): Command | undefined {
  const visit = state.visits.find((candidate) => candidate.state === 'open');
  const node = visit && findNode(definition, visit.node);
  if (!visit) return undefined;
  if (node?.type === 'action') return { type: 'action_done', visitId: visit.id };
  const task = state.tasks.find((candidate) => candidate.visitId === visit.id && candidate.state === 'open');
  if (!task) return undefined;
  return {
    type: 'decide',
    taskId: task.id,
    actor: task.assignee,
    action: task.kind === 'handle' ? 'complete' : 'approve',
    comment: null,
  };
}

function randomCommand(definition: Definition, state: State, choice: number): Command | undefined {
  if (state.status === 'returned')
    return choice % 9 === 0
      ? { type: 'withdraw', actor: INITIATOR, comment: null }
      : { type: 'resend', actor: INITIATOR };
  const visit = state.visits.find((candidate) => candidate.state === 'open' || candidate.state === 'failed');
  if (!visit) return { type: 'withdraw', actor: INITIATOR, comment: null };
  if (findNode(definition, visit.node)?.type === 'action') {
    const type =
      (['action_done', 'action_failed', 'action_retry', 'action_skipped'] as const)[choice % 4] ??
      'action_done';
    return { type, visitId: visit.id };
  }
  const tasks = state.tasks.filter((task) => task.visitId === visit.id && task.state === 'open');
  const task = tasks[choice % Math.max(1, tasks.length)];
  if (!task) return undefined;
  const base = { type: 'decide' as const, taskId: task.id, actor: task.assignee, comment: null };
  const targets = returnTargets(definition, state);
  if (choice % 5 === 0)
    return {
      ...base,
      action: 'return',
      to: targets[choice % targets.length] ?? START,
      straightBack: choice % 2 === 0,
    };
  if (choice % 7 === 0) return { ...base, action: 'reject' };
  return { ...base, action: task.kind === 'handle' ? 'complete' : 'approve' };
}
