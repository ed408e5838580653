export { createQuotaWarnings } from './quota.service.ts';
