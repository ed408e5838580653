export { createFooterWriter, type FooterWriter, footerFor } from './footer-writer.ts';
export { createSendingLimits, type OnLocked, type SendingLimits, type SendingVerdict } from './limits.ts';
export { lockedSenderRoutes } from './locked.routes.ts';
export { createLockedSenders, type LockedSenders } from './locked.service.ts';
