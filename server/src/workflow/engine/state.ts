import type { Facts } from './definition.ts';

export type Status = 'running' | 'returned' | 'approved' | 'rejected' | 'withdrawn';
export type VisitState = 'open' | 'passed' | 'rejected' | 'returned' | 'cancelled' | 'failed' | 'skipped';
export type TaskKind = 'approve' | 'handle' | 'cc' | 'edit';
export type TaskState = 'open' | 'done' | 'cancelled';

/** One passage through a node; a node that is returned to is visited again, with the next round. */
export interface Visit {
  id: string;
  seq: number;
  node: string;
  round: number;
  state: VisitState;
  /** Why something happened by itself: see `NOTES`; for a condition the name of the branch. */
  note: string | null;
}

export interface Task {
  id: string;
  visitId: string;
  node: string;
  kind: TaskKind;
  assignee: number;
  state: TaskState;
  action: string | null;
  comment: string | null;
}

/** 'Straight back to me': where the case jumps to once the returned step is done again. */
export interface Resume {
  node: string;
  assignee: number;
}

export interface State {
  initiator: number;
  status: Status;
  facts: Facts;
  visits: Visit[];
  tasks: Task[];
  resume: Resume | null;
}

export type Command =
  | { type: 'start' }
  | { type: 'decide'; taskId: string; actor: number; action: 'approve' | 'complete'; comment: string | null }
  | { type: 'decide'; taskId: string; actor: number; action: 'reject'; comment: string | null }
  | {
      type: 'decide';
      taskId: string;
      actor: number;
      action: 'return';
      to: string;
      straightBack: boolean;
      comment: string | null;
    }
  | { type: 'resend'; actor: number }
  | { type: 'withdraw'; actor: number; comment: string | null }
  | { type: 'action_done'; visitId: string }
  | { type: 'action_failed'; visitId: string }
  | { type: 'action_retry'; visitId: string }
  | { type: 'action_skipped'; visitId: string };

/** What the world outside has to do after the transition. */
export type Effect =
  | { type: 'task_created'; task: Task }
  | { type: 'run_action'; visitId: string; node: string; action: string; params: Record<string, unknown> }
  | { type: 'returned'; comment: string | null }
  | { type: 'finished'; status: 'approved' | 'rejected' | 'withdrawn'; comment: string | null };

/** Why the engine refuses a command; the state is unchanged. */
export type Refusal =
  | 'task_closed'
  | 'not_assignee'
  | 'bad_action'
  | 'bad_target'
  | 'not_returned'
  | 'ended'
  | 'not_initiator'
  | 'bad_visit';

export type Outcome = { ok: true; state: State; effects: Effect[] } | { ok: false; refusal: Refusal };
