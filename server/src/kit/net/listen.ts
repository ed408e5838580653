import { lstat, rm } from 'node:fs/promises';
import { connect, createServer as createPlainServer, type Server, type Socket } from 'node:net';
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
  /** A Unix socket instead of host and port; a file left by a killed process is replaced. */
  path?: string;
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
  if (options.path !== undefined) await removeDeadSocket(options.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const ready = () => {
      server.off('error', reject);
      resolve();
    };
    if (options.path === undefined) server.listen(options.port, options.host, ready);
    else server.listen(options.path, ready);
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

/** Removes a socket that nobody listens on any more; anything else at that path is left, and listening fails. */
async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isSocket()) return;
  const alive = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
  if (!alive) await rm(path, { force: true });
}
