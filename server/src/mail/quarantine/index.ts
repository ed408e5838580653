export { createQuarantineConsole, type QuarantineConsole } from './console.service.ts';
export { quarantineRoutes, releaseRoutes } from './quarantine.routes.ts';
export { createQuarantine, type HeldMessage, type Quarantine } from './quarantine.ts';
