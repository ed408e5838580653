import type { FastifyReply, FastifyRequest } from 'fastify';

export interface EventStream {
  send(event: string, data: unknown): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Proxies cut silent connections after about a minute. */
const PING_MS = 25_000;
/** A reader this far behind is gone or stuck; keeping its backlog would fill the memory. */
const MAX_BACKLOG = 1_048_576;

/** Turns a reply into server-sent events (WHATWG HTML §9.2); the handler must return the reply afterwards. */
export function openEventStream(request: FastifyRequest, reply: FastifyReply): EventStream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  raw.write('retry: 3000\n\n');
  const listeners: (() => void)[] = [];
  const ping = setInterval(() => raw.write(': ping\n\n'), PING_MS);
  request.raw.once('close', () => {
    clearInterval(ping);
    for (const listener of listeners) listener();
  });
  return {
    send(event, data) {
      if (raw.destroyed) return;
      if (raw.writableLength > MAX_BACKLOG) raw.destroy();
      else raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    onClose: (listener) => listeners.push(listener),
    close: () => raw.end(),
  };
}
