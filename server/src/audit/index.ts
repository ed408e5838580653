export { auditLabel } from './audit.labels.ts';
export { type Audit, type AuditRecord, createAudit, type Verification } from './audit.service.ts';
