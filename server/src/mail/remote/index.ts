export type { FetchText } from './mta-sts.ts';
export { ownPolicyRoutes } from './own-policy.routes.ts';
export { ownPolicy } from './own-policy.ts';
export { createNetworkTransport, type NetworkTransport, type RemoteOptions } from './transport.ts';
