export { type FailureReport, readFailure } from './bounce-report.ts';
export { changesMessage, hasBeenHere, type ListFacts, leaveFields, listHeader, listId } from './header.ts';
export { deleteOldHeld, findHeldOf, type HeldRow, insertHeld } from './held.store.ts';
export { heldNotice } from './held-notice.ts';
export { mailListRoutes } from './lists.routes.ts';
export { type Admission, createMailLists, type ListRefusal, type MailLists } from './lists.ts';
export { createModeration, HOLD_MS, type Moderation } from './moderation.service.ts';
export { maySend, mustWait, needsProof, type Standing } from './policy.ts';
export { createListTokens, type ListDetail, type ListTokens, type MemberKey } from './tokens.ts';
