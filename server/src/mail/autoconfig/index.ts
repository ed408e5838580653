export { autoconfigRoutes } from './autoconfig.routes.ts';
export { type Autoconfig, createAutoconfig } from './autoconfig.service.ts';
export { clientServers, type ListeningPorts } from './servers.ts';
