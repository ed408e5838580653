export type { JmapDeps, Submission, Submit } from './context.ts';
export { type JmapOptions, jmapRoutes } from './jmap.routes.ts';
export { sweepUploads } from './sweep.ts';
export { type MailViewOptions, mailViewRoutes } from './view/mail-view.routes.ts';
