import { createLineSocket, type Listener, listen } from '../../kit/net/index.ts';
import { LIMITS } from './limits.ts';
import { newSession, runSession } from './session.ts';
import type { Pop3Parts, Pop3Session } from './types.ts';

export interface Pop3Server {
  /** Ports in use, also when 0 was asked for. */
  start(ports: { host: string; pop3: number; pop3s: number }): Promise<{ pop3: number; pop3s: number }>;
  stop(): Promise<void>;
}

const GRACE_MS = 2_000;

export function createPop3Server(parts: Pop3Parts): Pop3Server {
  const sessions = new Set<Pop3Session>();
  let listeners: Listener[] = [];

  function open(host: string, port: number, withTls: boolean): Promise<Listener> {
    return listen({
      host,
      port,
      maxConnections: LIMITS.connections,
      ...(withTls ? { tls: parts.tls } : {}),
      onConnection(socket) {
        const lines = createLineSocket(socket);
        const loopback = lines.remoteAddress === '::1' || lines.remoteAddress.startsWith('127.');
        const session = newSession(parts, lines, loopback);
        sessions.add(session);
        void runSession(session).finally(() => sessions.delete(session));
      },
    });
  }

  return {
    async start(ports) {
      try {
        listeners.push(await open(ports.host, ports.pop3, false));
        listeners.push(await open(ports.host, ports.pop3s, true));
      } catch (error) {
        await this.stop();
        throw error;
      }
      const [pop3, pop3s] = listeners.map((listener) => listener.port);
      return { pop3: pop3 ?? 0, pop3s: pop3s ?? 0 };
    },
    async stop() {
      const open = listeners;
      listeners = [];
      for (const session of sessions) {
        session.closing = true;
        session.socket.end();
      }
      await Promise.all(open.map((listener) => listener.close(GRACE_MS)));
    },
  };
}
