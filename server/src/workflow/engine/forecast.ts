import { type Definition, following, holds, type Node } from './definition.ts';
import { assign, type Note, type Snapshot } from './people.ts';
import type { State } from './state.ts';

export interface ForecastStep {
  node: Node;
  people: number[];
  note: Note | null;
  /** Nobody will be asked: the step passes by itself. */
  pass: boolean;
}

/** The steps that would follow `after` if everybody agreed, with the people as of now: the engine's own choice. */
export function forecast(
  definition: Definition,
  state: Pick<State, 'initiator' | 'facts'>,
  after: string,
  snapshot: Snapshot,
): ForecastStep[] {
  const steps: ForecastStep[] = [];
  let node = following(definition, after);
  while (node !== undefined) {
    if (node.type === 'condition') {
      const branch = node.branches.find((candidate) => holds(candidate.when, state.facts));
      node = branch?.nodes[0] ?? following(definition, node.id);
      continue;
    }
    if (node.type === 'action') steps.push({ node, people: [], note: null, pass: false });
    else steps.push({ node, ...assign(node, state.initiator, snapshot) });
    node = following(definition, node.id);
  }
  return steps;
}
