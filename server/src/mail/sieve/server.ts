import { createLineSocket, type Listener, listen } from '../../kit/net/index.ts';
import { LIMITS } from './limits.ts';
import { runSession } from './session.ts';
import type { SieveParts, SieveSession } from './types.ts';

export interface SieveServer {
  /** The port in use, also when 0 was asked for. */
  start(options: { host: string; port: number }): Promise<number>;
  stop(): Promise<void>;
}

const GRACE_MS = 2_000;

/** ManageSieve (RFC 5804). */
export function createSieveServer(parts: SieveParts): SieveServer {
  const sessions = new Set<SieveSession>();
  let listener: Listener | undefined;
  return {
    async start({ host, port }) {
      listener = await listen({
        host,
        port,
        maxConnections: LIMITS.connections,
        onConnection(connection) {
          const socket = createLineSocket(connection);
          const session: SieveSession = {
            parts,
            socket,
            loopback: socket.remoteAddress === '::1' || socket.remoteAddress.startsWith('127.'),
            account: undefined,
            signIns: 0,
            errors: 0,
            closing: false,
          };
          sessions.add(session);
          void runSession(session).finally(() => sessions.delete(session));
        },
      });
      return listener.port;
    },
    async stop() {
      const open = listener;
      listener = undefined;
      for (const session of sessions) {
        session.closing = true;
        session.socket.end();
      }
      await open?.close(GRACE_MS);
    },
  };
}
