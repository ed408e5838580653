export { type Collector, createCollector } from './collector.ts';
export { createDmarcConsole, type DmarcConsole } from './console.service.ts';
export { createDmarcReports, type DmarcReports } from './dmarc-reports.ts';
export { dmarcRoutes } from './reports.routes.ts';
