import type { Readable } from 'node:stream';

/** The peer sent a line longer than allowed: the session says BYE, since the rest cannot be told from commands. */
export class LineTooLong extends Error {}

/** The stream ended inside a literal. */
export class InputEnded extends Error {}

/**
 * Reads lines and counted octets from a socket, one reader at a time. The socket is paused while more than
 * HIGH_WATER waits unread, so a client that pipelines without end costs a bounded amount of memory.
 */
export interface WireInput {
  /** The next line without its line break; undefined when the peer is gone. Throws LineTooLong above `max` octets. */
  line(max: number): Promise<Buffer | undefined>;
  /** Exactly `size` octets in memory. Throws InputEnded. */
  bytes(size: number): Promise<Buffer>;
  /** Exactly `size` octets, as they come; must be read to its end, or drained with `skip`. Throws InputEnded. */
  stream(size: number): AsyncGenerator<Buffer, void, void>;
  skip(size: number): Promise<void>;
  /**
   * Stops reading, and gives what has come and was not read: plaintext sent behind STARTTLS must never be taken as
   * commands.
   */
  detach(): Buffer;
}

const HIGH_WATER = 256 * 1024;
const LF = 0x0a;
const CR = 0x0d;

export function createWireInput(socket: Readable): WireInput {
  let chunks: Buffer[] = [];
  let waiting = 0;
  let ended = false;
  let paused = false;
  let wake: (() => void) | undefined;

  const onData = (chunk: Buffer) => {
    chunks.push(chunk);
    waiting += chunk.length;
    if (waiting > HIGH_WATER && !paused) {
      paused = true;
      socket.pause();
    }
    wake?.();
  };
  const onEnd = () => {
    ended = true;
    wake?.();
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onEnd);
  socket.on('error', onEnd);

  async function more(): Promise<boolean> {
    if (ended) return false;
    if (paused) {
      paused = false;
      socket.resume();
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    wake = undefined;
    return true;
  }

  /** Takes `size` octets, which must be there. */
  function take(size: number): Buffer {
    waiting -= size;
    const [first] = chunks;
    if (first && first.length >= size) {
      if (first.length === size) chunks.shift();
      else chunks[0] = first.subarray(size);
      return first.subarray(0, size);
    }
    const whole = Buffer.concat(chunks);
    chunks = [whole.subarray(size)];
    return whole.subarray(0, size);
  }

  async function line(max: number): Promise<Buffer | undefined> {
    let scanned = 0;
    for (let index = 0; ; ) {
      for (; index < chunks.length; index++) {
        const chunk = chunks[index];
        const found = chunk?.indexOf(LF) ?? -1;
        if (chunk && found >= 0) {
          const size = scanned + found + 1;
          if (size > max + 2) throw new LineTooLong();
          const text = take(size);
          return text.subarray(0, text.at(-2) === CR ? -2 : -1);
        }
        scanned += chunk?.length ?? 0;
      }
      if (scanned > max + 2) throw new LineTooLong();
      if (!(await more()) && index >= chunks.length) return undefined;
    }
  }

  async function* stream(size: number): AsyncGenerator<Buffer, void, void> {
    for (let left = size; left > 0; ) {
      const [chunk] = chunks;
      if (!chunk || chunk.length === 0) {
        if (chunk) chunks.shift();
        else if (!(await more()) && chunks.length === 0) throw new InputEnded();
        continue;
      }
      const part = take(Math.min(left, chunk.length));
      left -= part.length;
      yield part;
    }
  }

  return {
    line,
    stream,
    async bytes(size) {
      const parts: Buffer[] = [];
      for await (const part of stream(size)) parts.push(part);
      return Buffer.concat(parts);
    },
    async skip(size) {
      for await (const _ of stream(size));
    },
    detach() {
      socket.off('data', onData);
      socket.off('end', onEnd);
      socket.off('close', onEnd);
      socket.off('error', onEnd);
      socket.pause();
      const rest = Buffer.concat(chunks);
      chunks = [];
      waiting = 0;
      return rest;
    },
  };
}
