import type { Signer } from '../trust/index.ts';
import type { RemoteTransport } from './types.ts';

/** Signs what leaves, over exactly the octets that the transport below it sends. */
export function createSigningTransport(inner: RemoteTransport, signer: Signer): RemoteTransport {
  return {
    async send(job) {
      const prefix = await signer.prefix(job.open);
      if (prefix.length === 0) return inner.send(job);
      return inner.send({
        ...job,
        size: job.size + prefix.length,
        async *open() {
          yield prefix;
          yield* job.open();
        },
      });
    },
  };
}
