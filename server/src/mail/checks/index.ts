export { type Authentication, authenticate, type DmarcObservation } from './authenticate.ts';
export { type CheckVerdict, checkLoop, checkSize } from './basic.ts';
export { type ClientIdentity, clientBehindRelays } from './client.ts';
export { type NodeResolve, nodeResolve } from './dns-adapter.ts';
export { type ClientReport, createGate, type Gate } from './gate.ts';
export {
  createInboundChecks,
  type Findings,
  type InboundChecks,
  type InboundMessage,
  newFindings,
} from './inbound.ts';
export { inNetworks, isLoopbackAddress, networkOf } from './networks.ts';
export { fieldsOf, withoutForgedResults } from './results-header.ts';
export { type SignatureWatch, watchCompletely, watchSignatures } from './signatures.ts';
