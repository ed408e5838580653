export type { JmapDeps, Submission, Submit } from './context.ts';
export { type JmapOptions, jmapRoutes } from './jmap.routes.ts';
export { deleteUploadsBefore, isUploadHeld } from './uploads.store.ts';
