import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContext, type TLSSocket } from 'node:tls';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { AddressBook, ClientAuth } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { capabilities } from './capabilities.ts';
import { LIMITS } from './limits.ts';
import { serve } from './serve.ts';
import { createSession, type Session, type SessionDeps } from './session.ts';
import { createWatch } from './watch.ts';

export interface ImapServerOptions {
  db: Db;
  store: Store;
  addressBook: AddressBook;
  auth: ClientAuth;
  signals: Signals;
  clock: Clock;
  log: Logger;
  /** Largest message that APPEND takes, in octets. */
  maxMessageBytes: number;
  /** Current certificate; undefined turns STARTTLS and the implicit TLS port off. */
  secureContext?: () => SecureContext;
  /** Connections of the process; further ones are told BYE. */
  maxConnections?: number;
  /** Connections from one address that is not loopback. */
  maxConnectionsPerAddress?: number;
}

export interface ImapServer {
  /** Listens for cleartext with STARTTLS; gives the port (0 asks for a free one). */
  listen(port: number, host: string): Promise<number>;
  /** Listens for implicit TLS (RFC 8314). */
  listenTls(port: number, host: string): Promise<number>;
  /** Live sessions, for metrics. */
  sessions(): number;
  /** Says BYE to everybody and waits until the ports are free. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 20_000;
const MAX_PER_ADDRESS = 500;
/** How long a peer has to go after our BYE. */
const GRACE_MS = 2_000;

export function createImapServer(options: ImapServerOptions): ImapServer {
  const { watch, stop } = createWatch(options.signals);
  const deps: SessionDeps = { ...options, secureContext: options.secureContext, watch };
  const sessions = new Set<Session>();
  const servers: Server[] = [];
  const perAddress = new Map<string, number>();

  function accept(socket: Socket, tls: boolean): void {
    const address = socket.remoteAddress ?? '';
    const count = perAddress.get(address) ?? 0;
    const crowded =
      count >= (options.maxConnectionsPerAddress ?? MAX_PER_ADDRESS) &&
      !/^(::1|(::ffff:)?127\.)/.test(address);
    socket.on('error', () => socket.destroy());
    if (crowded || sessions.size >= (options.maxConnections ?? MAX_CONNECTIONS)) {
      socket.end('* BYE Too many connections\r\n');
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 120_000);
    perAddress.set(address, count + 1);
    const session = createSession(deps, socket, tls);
    sessions.add(session);
    session.onClose(() => {
      sessions.delete(session);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
    session.output.line(`* OK [CAPABILITY ${capabilities(session)}] Hongyan ready`);
    void serve(session);
  }

  async function listenOn(server: Server, port: number, host: string): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        server.on('error', (error) => options.log.error({ err: error }, 'IMAP listener failed'));
        resolve();
      });
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  return {
    listen: (port, host) =>
      listenOn(
        createServer((socket) => accept(socket, false)),
        port,
        host,
      ),
    listenTls(port, host) {
      const { secureContext } = options;
      if (!secureContext) throw new Error('IMAP over TLS needs a certificate');
      // The context is asked for at each handshake, so a renewed certificate needs no restart.
      const server = createTlsServer(
        { SNICallback: (_name, done) => done(null, secureContext()), handshakeTimeout: LIMITS.loginMs },
        (socket: TLSSocket) => accept(socket, true),
      );
      server.setSecureContext({});
      return listenOn(server, port, host);
    },
    sessions: () => sessions.size,
    async close() {
      stop();
      const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      for (const session of sessions) session.bye('Server is shutting down');
      const timer = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, GRACE_MS);
      await Promise.all(closed);
      clearTimeout(timer);
    },
  };
}
