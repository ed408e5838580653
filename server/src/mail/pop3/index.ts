export { createPop3Server, type Pop3Server } from './server.ts';
export type { Pop3Parts } from './types.ts';
