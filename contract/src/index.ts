export * from './common.ts';
export * from './directory.ts';
export * from './forms.ts';
export * from './hall.ts';
export * from './identity.ts';
export * from './mail.ts';
export * from './mail-settings.ts';
export * from './messages.ts';
export { routes } from './routes.ts';
