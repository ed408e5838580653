/**
 * A process: an immutable tree of steps. Blocks nest, so that joins are right by construction.
 * `start` and `end` are implied: a case begins with the initiator's form and ends after the last step.
 */
export interface Definition {
  name: string;
  /** What the first step is called, e.g. 提交申请. */
  start: string;
  nodes: Node[];
}

export type Node = ApproveNode | HandleNode | CcNode | ConditionNode | ActionNode;

/** Whom a rule means is looked up at run time; a preview uses the same look-up. */
export type Rule =
  | { kind: 'people'; ids: number[] }
  | { kind: 'initiator' }
  /** Administrators of the whole institution. */
  | { kind: 'administrators' }
  /** People chosen in a field of the form. */
  | { kind: 'field'; field: string }
  /** The head of a unit, or `up` levels above it. */
  | {
      kind: 'unit_head';
      unit: { of: 'initiator' } | { of: 'field'; field: string } | { of: 'path'; path: string };
      up?: number;
    };

interface Staffed {
  id: string;
  name: string;
  who: Rule[];
  /** Nobody found: the institution's administrators (default), the head one level up, or the step passes. */
  empty?: 'administrators' | 'head_above' | 'pass';
  /** The initiator himself found: he decides (default), the step passes, or the head above him decides. */
  self?: 'keep' | 'skip' | 'head_above';
}

export interface ApproveNode extends Staffed {
  type: 'approve';
  /** any: the first answer decides; all: everybody must agree. */
  mode: 'any' | 'all';
  /** 驳回 ends the case (default) or gives it back to the initiator. */
  onReject?: 'end' | 'return';
}

export interface HandleNode extends Staffed {
  type: 'handle';
}

export interface CcNode {
  id: string;
  type: 'cc';
  name: string;
  who: Rule[];
}

export interface ConditionNode {
  id: string;
  type: 'condition';
  name: string;
  /** The first branch whose condition holds is taken; none: the case goes on behind the block. */
  branches: { name: string; when: Condition; nodes: Node[] }[];
}

export interface ActionNode {
  id: string;
  type: 'action';
  name: string;
  /** Name of an automatic step, e.g. `create_unit_mailbox`. */
  action: string;
  params: Record<string, unknown>;
}

export type Condition =
  | { field: string; op: 'eq' | 'ne' | 'in' | 'gt' | 'lt'; value: unknown }
  | { all: Condition[] }
  | { any: Condition[] };

/** The id of the implied first step; a return to it gives the form back to the initiator. */
export const START = 'start';

export type Facts = Readonly<Record<string, unknown>>;

/** Does the condition hold for these facts? A missing field equals nothing. */
export function holds(condition: Condition, facts: Facts): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, facts));
  if ('any' in condition) return condition.any.some((part) => holds(part, facts));
  const value = Object.hasOwn(facts, condition.field) ? facts[condition.field] : undefined;
  switch (condition.op) {
    case 'eq':
      return value === condition.value;
    case 'ne':
      return value !== condition.value;
    case 'in':
      return Array.isArray(condition.value) && condition.value.includes(value);
    case 'gt':
      return typeof value === 'number' && typeof condition.value === 'number' && value > condition.value;
    case 'lt':
      return typeof value === 'number' && typeof condition.value === 'number' && value < condition.value;
  }
}

export function* walk(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if (node.type === 'condition') for (const branch of node.branches) yield* walk(branch.nodes);
  }
}

export function findNode(definition: Definition, id: string): Node | undefined {
  for (const node of walk(definition.nodes)) if (node.id === id) return node;
  return undefined;
}

/** Every rule of a definition, for looking all of them up before the engine runs. */
export function rulesOf(definition: Definition): Rule[] {
  const rules: Rule[] = [];
  for (const node of walk(definition.nodes)) if ('who' in node) rules.push(...node.who);
  return rules;
}

/** What is wrong with a definition, as `<node>: <problem>`; empty when it can be published. */
export function definitionProblems(definition: Definition): string[] {
  const problems: string[] = [];
  const seen = new Set<string>([START]);
  for (const node of walk(definition.nodes)) {
    if (seen.has(node.id)) problems.push(`${node.id}: used twice`);
    seen.add(node.id);
    if ('who' in node && node.who.length === 0) problems.push(`${node.id}: nobody named`);
    if (node.type === 'condition' && node.branches.length === 0) problems.push(`${node.id}: no branch`);
  }
  if (definition.nodes.length === 0) problems.push('no steps');
  return problems;
}

/** The node that runs after `id` (undefined: the end). `id` START: the first one. Conditions are not resolved here. */
export function following(definition: Definition, id: string): Node | undefined {
  if (id === START) return definition.nodes[0];
  const found = search(definition.nodes, id);
  return found === 'end' ? undefined : found;
}

/** 'end' when the block is over behind the node; undefined when it is not in here. */
function search(nodes: readonly Node[], id: string): Node | 'end' | undefined {
  for (const [index, node] of nodes.entries()) {
    const next = nodes[index + 1] ?? 'end';
    if (node.id === id) return next;
    if (node.type !== 'condition') continue;
    for (const branch of node.branches) {
      const inside = search(branch.nodes, id);
      if (inside === 'end') return next;
      if (inside !== undefined) return inside;
    }
  }
  return undefined;
}
