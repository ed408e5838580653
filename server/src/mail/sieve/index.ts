export { createSieveServer, type SieveServer } from './server.ts';
