export { createHeaderSplitter, rewriteHeader } from './header-rewriter.ts';
export { createSmtpServer, type SmtpPorts, type SmtpServer } from './server.ts';
export type { SmtpParts } from './types.ts';
