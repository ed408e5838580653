export { createEvents, defineEvent, type EventDefinition, type Events } from './events.ts';
export { createSignals, type Signals } from './signals.ts';
