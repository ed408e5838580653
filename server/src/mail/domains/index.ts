export { domainGuideRoutes } from './domains.routes.ts';
export { createDomainGuide, type DomainGuide } from './domains.service.ts';
