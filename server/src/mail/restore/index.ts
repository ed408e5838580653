export { mailRestoreRoutes } from './restore.routes.ts';
export { createMailRestore, type MailRestore } from './restore.service.ts';
