import type { ApproveNode, CcNode, HandleNode, Rule } from './definition.ts';

/** What the directory answered for one rule. */
export interface RuleAnswer {
  /** Found people, in order. */
  ids: number[];
  /** For a unit head: the heads of the unit and of the ones above it, nearest first; null where one has none. */
  chain?: (number | null)[];
}

/** The directory as the engine may see it: answers prepared for every rule of the definition. */
export interface Snapshot {
  answers: ReadonlyMap<string, RuleAnswer>;
  /** Where a step goes when nobody is found: the institution's administrators. */
  administrators: number[];
}

export const ruleKey = (rule: Rule): string => JSON.stringify(rule);

/** Why a step has the people that it has; shown in the progress view, so that nothing happens silently. */
export type Note = 'empty_administrators' | 'empty_above' | 'empty_pass' | 'self_skip' | 'self_above';

export interface Assignment {
  people: number[];
  /** The step passes without anybody. */
  pass: boolean;
  note: Note | null;
}

/** Who gets the tasks of a step. The preview and the run both come here. */
export function assign(
  node: ApproveNode | HandleNode | CcNode,
  initiator: number,
  snapshot: Snapshot,
): Assignment {
  const people: number[] = [];
  let note: Note | null = null;
  for (const rule of node.who) {
    const answer = snapshot.answers.get(ruleKey(rule));
    if (!answer) continue;
    const found = answer.chain
      ? fromChain(node, rule, answer.chain, initiator)
      : { ids: answer.ids, note: null };
    note ??= found.note;
    people.push(...found.ids);
  }
  let unique = [...new Set(people)];
  if (node.type === 'cc') return { people: unique, pass: unique.length === 0, note };
  if (node.self === 'skip' && unique.includes(initiator)) {
    unique = unique.filter((id) => id !== initiator);
    if (unique.length === 0) return { people: [], pass: true, note: 'self_skip' };
  }
  if (unique.length > 0) return { people: unique, pass: false, note };
  if (node.empty === 'pass') return { people: [], pass: true, note: 'empty_pass' };
  return { people: snapshot.administrators, pass: false, note: 'empty_administrators' };
}

function fromChain(
  node: ApproveNode | HandleNode | CcNode,
  rule: Rule,
  chain: (number | null)[],
  initiator: number,
): { ids: number[]; note: Note | null } {
  const start = rule.kind === 'unit_head' ? (rule.up ?? 0) : 0;
  const head = chain[start] ?? null;
  const above = (skip: number | null) =>
    chain.slice(start + 1).find((id) => id !== null && id !== skip) ?? null;
  if (node.type === 'cc') return { ids: head === null ? [] : [head], note: null };
  if (head === null) {
    const next = node.empty === 'head_above' ? above(null) : null;
    return next === null ? { ids: [], note: null } : { ids: [next], note: 'empty_above' };
  }
  if (head === initiator && node.self === 'head_above') {
    const next = above(initiator);
    if (next !== null) return { ids: [next], note: 'self_above' };
  }
  return { ids: [head], note: null };
}
