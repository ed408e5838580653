import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions } from 'node:tls';

export interface Listener {
  /** The port in use, also when 0 was asked for. */
  readonly port: number;
  readonly connections: number;
  /** Stops listening and waits up to `graceMs` for sessions, then cuts them. */
  close(graceMs?: number): Promise<void>;
}

export interface ListenOptions {
  host: string;
  port: number;
  /** TLS from the first byte. The certificate is asked for at each start and on `renew`. */
  tls?: () => SecureContextOptions;
  /** Further connections are closed at once: memory and file descriptors stay bounded. */
  maxConnections: number;
  onConnection(socket: Socket): void;
}

/** Listens on a TCP port, with TLS or without. Rejects when the port is taken. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    options.onConnection(socket);
  };
  const server: Server = options.tls
    ? createTlsServer({ ...options.tls(), handshakeTimeout: 30_000 }, accept)
    : createPlainServer(accept);
  server.maxConnections = options.maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', () => undefined);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    get connections() {
      return sockets.size;
    },
    async close(graceMs = 0) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
