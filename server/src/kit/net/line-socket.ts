import type { Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';

/** What the next line of a text protocol was. */
export type Line =
  | { kind: 'line'; bytes: Buffer }
  /** Skipped to its end. */
  | { kind: 'too_long' }
  /** Ended by LF alone, or with a CR inside: how commands are smuggled past a filter. */
  | { kind: 'bare' }
  | { kind: 'end' };

/** Input held before we stop reading from the socket: a client that pipelines without end waits. */
const HIGH_WATER = 256 * 1024;
/** Output held back while more pipelined commands are waiting. */
const OUT_WATER = 16 * 1024;

export class TimeoutError extends Error {
  constructor() {
    super('the peer was silent for too long');
    this.name = 'TimeoutError';
  }
}

/**
 * A socket of a line protocol, pulled from: bounded lines, raw pieces, TLS in place, replies gathered while the
 * client pipelines. One reader at a time.
 */
export interface LineSocket {
  /** Address without `::ffff:`. */
  readonly remoteAddress: string;
  readonly tls: TLSSocket | undefined;
  /** The next line without CRLF, at most `max` octets. Rejects with TimeoutError after `timeoutMs` of silence. */
  readLine(max: number, timeoutMs: number): Promise<Line>;
  /** Whatever has come, at most `max` octets; undefined at the end. */
  readSome(max: number, timeoutMs: number): Promise<Buffer | undefined>;
  /** Puts back what was read too much. */
  unread(bytes: Buffer): void;
  /** True when input is waiting to be read. */
  pending(): boolean;
  /** Sends soon; replies to pipelined commands go out together. */
  write(text: string | Buffer): void;
  /** Sends what is held, and waits while the peer reads slowly. */
  flush(): Promise<void>;
  /** Turns TLS on. What the peer sent before is thrown away: it came in the clear (RFC 3207 §4.2). */
  startTls(options: SecureContextOptions, timeoutMs: number): Promise<void>;
  /** Sends what is held and closes. */
  end(): void;
  destroy(): void;
}

export function createLineSocket(plain: Socket): LineSocket {
  let socket: Socket = plain;
  let tls = plain instanceof TLSSocket ? plain : undefined;
  let input: Buffer = Buffer.alloc(0);
  let out: (string | Buffer)[] = [];
  let outBytes = 0;
  let ended = false;
  let wake: (() => void) | undefined;
  const remoteAddress = (plain.remoteAddress ?? '').replace(/^::ffff:/, '');

  const onData = (chunk: Buffer) => {
    input = input.length === 0 ? chunk : Buffer.concat([input, chunk]);
    if (input.length >= HIGH_WATER) socket.pause();
    wake?.();
  };
  const onEnd = () => {
    ended = true;
    wake?.();
  };
  function attach(to: Socket): void {
    to.on('data', onData);
    to.on('end', onEnd);
    to.on('close', onEnd);
    // Without a listener a reset connection would end the process.
    to.on('error', onEnd);
  }
  function detach(from: Socket): void {
    from.off('data', onData);
    from.off('end', onEnd);
    from.off('close', onEnd);
  }

  function take(length: number): Buffer {
    const bytes = input.subarray(0, length);
    input = input.subarray(length);
    if (input.length < HIGH_WATER && socket.isPaused()) socket.resume();
    return bytes;
  }

  function send(): boolean {
    if (out.length === 0 || socket.destroyed || !socket.writable) {
      out = [];
      outBytes = 0;
      return true;
    }
    const all =
      out.length === 1 && out[0] !== undefined
        ? out[0]
        : Buffer.concat(out.map((piece) => Buffer.from(piece)));
    out = [];
    outBytes = 0;
    return socket.write(all);
  }

  /** Waits for input; false at the end. */
  async function more(timeoutMs: number): Promise<boolean> {
    const before = input.length;
    if (ended) return false;
    send();
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        timer = setTimeout(() => reject(new TimeoutError()), timeoutMs);
      });
    } finally {
      clearTimeout(timer);
      wake = undefined;
    }
    return input.length > before || !ended;
  }

  attach(socket);
  return {
    remoteAddress,
    get tls() {
      return tls;
    },
    async readLine(max, timeoutMs) {
      let tooLong = false;
      let from = 0;
      for (;;) {
        const newline = input.indexOf(0x0a, from);
        if (newline >= 0) {
          const bytes = take(newline + 1);
          if (tooLong || bytes.length - 2 > max) return { kind: 'too_long' };
          const line = bytes.subarray(0, -2);
          if (bytes.at(-2) !== 0x0d || line.includes(0x0d)) return { kind: 'bare' };
          return { kind: 'line', bytes: line };
        }
        if (input.length > max + 2) {
          // Kept only so far: an endless line costs nothing.
          take(input.length);
          tooLong = true;
        }
        from = input.length;
        if (!(await more(timeoutMs))) return { kind: 'end' };
      }
    },
    async readSome(max, timeoutMs) {
      while (input.length === 0) if (!(await more(timeoutMs))) return undefined;
      return take(Math.min(max, input.length));
    },
    unread(bytes) {
      input = Buffer.concat([bytes, input]);
    },
    pending: () => input.length > 0,
    write(text) {
      out.push(text);
      outBytes += text.length;
      if (outBytes >= OUT_WATER) send();
    },
    async flush() {
      if (send() || socket.destroyed) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          socket.off('drain', done);
          socket.off('close', done);
          resolve();
        };
        socket.on('drain', done);
        socket.on('close', done);
      });
    },
    async startTls(options, timeoutMs) {
      send();
      detach(socket);
      input = Buffer.alloc(0);
      const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(options) });
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new TimeoutError()), timeoutMs);
        secure.once('secure', () => {
          clearTimeout(timer);
          resolve();
        });
        for (const event of ['error', 'close'] as const) {
          secure.once(event, () => {
            clearTimeout(timer);
            reject(new Error('TLS did not come about'));
          });
        }
      });
      socket = secure;
      tls = secure;
      attach(secure);
    },
    end() {
      send();
      socket.end();
    },
    destroy() {
      socket.destroy();
    },
  };
}
