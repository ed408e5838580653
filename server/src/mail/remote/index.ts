export type { FetchText } from './mta-sts.ts';
export { createNetworkTransport, type NetworkTransport, type RemoteOptions } from './transport.ts';
