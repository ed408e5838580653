export { type Acceptor, createAcceptor } from './acceptor.ts';
export { compose, field, mailbox, type Part } from './compose.ts';
export { queueRoutes } from './console.routes.ts';
export { createQueueConsole, DESTINATION_CHANGED, type QueueConsole } from './console.service.ts';
export { findUsage } from './console.store.ts';
export { createEnqueue, type Enqueue } from './enqueue.ts';
export { cancelWaiting, listRecipientViews, type RecipientView } from './follow.store.ts';
export type { LocalMessage, LocalPlan, LocalRules } from './local-plan.ts';
export { createOutboxTransport } from './outbox.ts';
export type { Refusal } from './planning.ts';
export { findTransfer, insertTrace, type TraceEvent, type TransferView } from './queue.store.ts';
export { newRef } from './ref.ts';
export { createRunner, type QueueRunner } from './runner.ts';
export { createSigningTransport } from './signing-transport.ts';
export { createSystemMail, type SendSystemMail, type SystemMail } from './system-mail.ts';
export type {
  EnvelopeRecipient,
  Origin,
  RemoteJob,
  RemoteTransport,
  State,
  Transfer,
  Verdict,
} from './types.ts';
