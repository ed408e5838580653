import type { Writable } from 'node:stream';
import { wireBytes } from '../protocol/imap/index.ts';

/** The peer is gone, or has not read anything for STALL_MS. */
export class OutputClosed extends Error {}

/**
 * Collects answers and hands them to the socket in few writes. `flush` waits while the peer reads slower than we
 * write, so FETCH of a whole mailbox never piles up in memory.
 */
export interface WireOutput {
  /** One or more whole lines without the last line break. */
  line(text: string): void;
  /** Text without a line break, one character an octet. */
  text(text: string): void;
  bytes(bytes: Buffer): void;
  /** False inside an answer that is not finished: nothing may be put between. */
  readonly betweenLines: boolean;
  /** True once what is collected is worth a write. */
  isFull(): boolean;
  /** Passes on what is collected once it is worth a write, and waits for the peer if it lags. */
  spill(): Promise<void>;
  /** Passes on everything collected, and waits for the peer if it lags. Throws OutputClosed. */
  flush(): Promise<void>;
}

const SPILL = 64 * 1024;
/** A peer that takes nothing for this long holds memory and maybe a body for nobody. */
const STALL_MS = 5 * 60_000;

export function createWireOutput(socket: Writable): WireOutput {
  let collected: (string | Buffer)[] = [];
  let size = 0;
  let betweenLines = true;

  async function flush(): Promise<void> {
    if (socket.destroyed || socket.writableEnded) throw new OutputClosed();
    if (size === 0) return;
    const bytes = join(collected);
    collected = [];
    size = 0;
    if (socket.write(bytes)) return;
    await drained(socket);
  }

  return {
    get betweenLines() {
      return betweenLines;
    },
    line(text) {
      betweenLines = true;
      collected.push(text, '\r\n');
      size += text.length + 2;
    },
    text(text) {
      betweenLines = false;
      collected.push(text);
      size += text.length;
    },
    bytes(bytes) {
      collected.push(bytes);
      size += bytes.length;
    },
    isFull: () => size >= SPILL,
    async spill() {
      if (size >= SPILL) await flush();
    },
    flush,
  };
}

function join(parts: readonly (string | Buffer)[]): Buffer {
  const buffers: Buffer[] = [];
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else {
      if (text !== '') buffers.push(wireBytes(text));
      text = '';
      buffers.push(part);
    }
  }
  if (text !== '') buffers.push(wireBytes(text));
  const [only] = buffers;
  return buffers.length === 1 && only ? only : Buffer.concat(buffers);
}

function drained(socket: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => {
      clearTimeout(timer);
      socket.off('drain', onDrain);
      socket.off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    const onDrain = () => done();
    const onClose = () => done(new OutputClosed());
    const timer = setTimeout(() => {
      socket.destroy();
      done(new OutputClosed());
    }, STALL_MS);
    socket.on('drain', onDrain);
    socket.on('close', onClose);
  });
}
