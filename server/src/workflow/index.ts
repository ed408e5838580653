export { type Definition, type Facts, findNode, type Node, START, walk } from './engine/definition.ts';
export type { ForecastStep } from './engine/forecast.ts';
export type { Note } from './engine/people.ts';
export type { Status } from './engine/state.ts';
export type { ListBox, TaskListRow } from './task-lists.store.ts';
export { workflowErrors } from './workflow.errors.ts';
export { actionDue } from './workflow.events.ts';
export { createWorkflow, type Decide, type Moved, TASKS_CHANGED, type Workflow } from './workflow.service.ts';
export type { ActionRow, InstanceRow, TaskOwnerRow, TaskRow, VisitRow } from './workflow.store.ts';
