import { createServer } from 'node:https';
import type { Routes } from '../kit/http/index.ts';
import type { TlsMaterial } from './tls.ts';

export interface HttpsListener {
  port: number;
  /** Stops accepting, lets requests in hand finish for a moment, then cuts what is left (event streams). */
  close(): Promise<void>;
}

const GRACE_MS = 2_000;

/** The same web server over TLS. Rejects with EADDRINUSE when the port is taken. */
export async function listenHttps(
  http: Routes,
  tls: TlsMaterial,
  options: { host: string; port: number },
): Promise<HttpsListener> {
  await http.ready();
  const server = createServer({ cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' }, (request, reply) =>
    http.routing(request, reply),
  );
  // Broken handshakes of scanners must not end the process.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}
