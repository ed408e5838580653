import { createServer, type Server, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Clock } from '../../kit/clock/index.ts';
import type { Db } from '../../kit/db/index.ts';
import type { Signals } from '../../kit/events/index.ts';
import type { Logger } from '../../kit/log/index.ts';
import type { AddressBook, ClientAuth } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { capabilities } from './capabilities.ts';
import { createMailboxReader } from './mailbox-reader.ts';
import { serve } from './serve.ts';
import { createSession, isLoopback, type Session, type SessionDeps } from './session.ts';
import { acceptTls } from './tls.ts';
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
  const deps: SessionDeps = {
    ...options,
    secureContext: options.secureContext,
    reader: createMailboxReader(options),
    watch,
  };
  const sessions = new Set<Session>();
  /** Every connection, also those that are not sessions yet. */
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const perAddress = new Map<string, number>();

  async function accept(socket: Socket, tls: boolean): Promise<void> {
    const address = socket.remoteAddress ?? '';
    const count = perAddress.get(address) ?? 0;
    const crowded = count >= (options.maxConnectionsPerAddress ?? MAX_PER_ADDRESS) && !isLoopback(address);
    socket.on('error', () => socket.destroy());
    if (crowded || sockets.size >= (options.maxConnections ?? MAX_CONNECTIONS)) {
      // Before a TLS handshake a word in the clear would only confuse.
      if (tls) socket.destroy();
      else socket.end('* BYE Too many connections\r\n');
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 120_000);
    perAddress.set(address, count + 1);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
    const stream = tls ? await secured(socket) : socket;
    if (!stream) return;
    const session = createSession(deps, stream, tls);
    sessions.add(session);
    session.onClose(() => sessions.delete(session));
    session.output.line(`* OK [CAPABILITY ${capabilities(session)}] Hongyan ready`);
    await serve(session);
  }

  /** The context is asked for at each handshake, so that a renewed certificate needs no restart. */
  async function secured(socket: Socket): Promise<Socket | undefined> {
    if (!options.secureContext) return undefined;
    try {
      return await acceptTls(socket, options.secureContext());
    } catch (error) {
      options.log.debug(
        { err: error, protocol: 'imap', remote: socket.remoteAddress },
        'TLS handshake failed',
      );
      socket.destroy();
      return undefined;
    }
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
        createServer((socket) => void accept(socket, false)),
        port,
        host,
      ),
    async listenTls(port, host) {
      if (!options.secureContext) throw new Error('IMAP over TLS needs a certificate');
      return listenOn(
        createServer((socket) => void accept(socket, true)),
        port,
        host,
      );
    },
    sessions: () => sessions.size,
    async close() {
      stop();
      const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      for (const session of sessions) session.bye('Server is shutting down');
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, GRACE_MS);
      await Promise.all(closed);
      clearTimeout(timer);
    },
  };
}
