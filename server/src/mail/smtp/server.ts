import { createLineSocket, type Listener, listen } from '../../kit/net/index.ts';
import { LIMITS } from './limits.ts';
import { newSession, runSession } from './session.ts';
import type { SmtpMode, SmtpParts, SmtpSession } from './types.ts';

export interface SmtpPorts {
  host: string;
  /** Mail from other servers. */
  smtp: number;
  /** Mail from clients, STARTTLS. */
  submission: number;
  /** Mail from clients, TLS from the first byte. */
  submissions: number;
  /** Mail from a server of ours in front (RFC 2033): `host:port`, or the path of a Unix socket; absent = off. */
  lmtp?: string;
}

export interface SmtpServer {
  /** Ports in use, also when 0 was asked for. */
  start(ports: SmtpPorts): Promise<{ smtp: number; submission: number; submissions: number; lmtp: number }>;
  /** Finishes commands under way, then closes. */
  stop(): Promise<void>;
}

const GRACE_MS = 5_000;

export function createSmtpServer(parts: SmtpParts): SmtpServer {
  const sessions = new Set<SmtpSession>();
  const perAddress = new Map<string, number>();
  let listeners: Listener[] = [];

  async function open(
    at: { host: string; port: number; path?: string },
    mode: SmtpMode,
    withTls: boolean,
  ): Promise<Listener> {
    return listen({
      ...at,
      maxConnections: LIMITS.connections,
      ...(withTls ? { tls: parts.tls } : {}),
      onConnection(socket) {
        const lines = createLineSocket(socket);
        const address = lines.remoteAddress;
        const loopback = isLoopback(address);
        const count = (perAddress.get(address) ?? 0) + 1;
        if (!loopback && mode !== 'lmtp' && count > LIMITS.connectionsPerAddress) {
          lines.write('421 4.7.0 Too many connections from your address\r\n');
          lines.end();
          return;
        }
        perAddress.set(address, count);
        const session = newSession(parts, mode, lines, loopback);
        sessions.add(session);
        void runSession(session).finally(() => {
          sessions.delete(session);
          const left = (perAddress.get(address) ?? 1) - 1;
          if (left > 0) perAddress.set(address, left);
          else perAddress.delete(address);
        });
      },
    });
  }

  return {
    async start(ports) {
      try {
        for (const [port, mode, tls] of [
          [ports.smtp, 'mx', false],
          [ports.submission, 'submission', false],
          [ports.submissions, 'submission', true],
        ] as const) {
          listeners.push(await open({ host: ports.host, port }, mode, tls));
        }
        if (ports.lmtp !== undefined) listeners.push(await open(place(ports.lmtp), 'lmtp', false));
      } catch (error) {
        await this.stop();
        throw error;
      }
      const [smtp, submission, submissions, lmtp] = listeners.map((listener) => listener.port);
      return {
        smtp: smtp ?? 0,
        submission: submission ?? 0,
        submissions: submissions ?? 0,
        lmtp: ports.lmtp?.startsWith('/') ? 0 : (lmtp ?? 0),
      };
    },
    async stop() {
      const open = listeners;
      listeners = [];
      for (const session of sessions) {
        session.closing = 'The server is going down';
        // Those that wait for a command would wait for minutes.
        if (!session.envelope) session.socket.end();
      }
      await Promise.all(open.map((listener) => listener.close(GRACE_MS)));
    },
  };
}

/** `host:port` or the path of a socket. */
function place(text: string): { host: string; port: number; path?: string } {
  if (text.startsWith('/')) return { host: '', port: 0, path: text };
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
