import { defineEvent } from '../kit/events/index.ts';

/** An automatic step is due; the automation of that name runs it, keyed by the visit. */
export const actionDue = defineEvent<{ visitId: string; instanceId: string; action: string }>(
  'workflow.action_due',
);
