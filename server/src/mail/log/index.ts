export { mailLogRoutes } from './log.routes.ts';
export { createMailLog, type MailLog } from './log.service.ts';
