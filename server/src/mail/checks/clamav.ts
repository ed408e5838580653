import { connect, type Socket } from 'node:net';

export type VirusVerdict =
  | { kind: 'clean' }
  | { kind: 'virus'; name: string }
  /** Larger than clamd is set to take. */
  | { kind: 'too_large' };

/** Pieces of the stream protocol; clamd refuses pieces above its own limit. */
const PIECE = 256 * 1024;
const MAX_REPLY = 4_096;

/**
 * Asks clamd about one message (clamd(8), INSTREAM). `address` is `host:port` or the path of a Unix socket. Rejects
 * when clamd is away, silent for `timeoutMs`, or answers with an error.
 */
export async function scanForVirus(
  address: string,
  message: AsyncIterable<Buffer>,
  timeoutMs: number,
): Promise<VirusVerdict> {
  const socket = open(address);
  try {
    const reply = readReply(socket, timeoutMs);
    // A refusal may come while we still write.
    reply.catch(() => undefined);
    await send(socket, message).catch(() => undefined);
    return verdictOf(await reply);
  } finally {
    socket.destroy();
  }
}

function open(address: string): Socket {
  const match = /^\[?([^/\]]+)\]?:(\d{1,5})$/.exec(address);
  return match?.[1] ? connect(Number(match[2]), match[1]) : connect(address);
}

async function send(socket: Socket, message: AsyncIterable<Buffer>): Promise<void> {
  const length = Buffer.alloc(4);
  await write(socket, Buffer.from('zINSTREAM\0'));
  for await (const chunk of message) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE);
      const head = Buffer.alloc(4);
      head.writeUInt32BE(piece.length);
      await write(socket, Buffer.concat([head, piece]));
    }
  }
  await write(socket, length);
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) =>
    socket.write(bytes, (error) => (error ? reject(error) : resolve())),
  );
}

function readReply(socket: Socket, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setTimeout(timeoutMs, () => reject(new Error('clamd is silent')));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    socket.on('data', (chunk) => {
      text = `${text}${chunk.toString()}`.slice(0, MAX_REPLY);
      if (text.includes('\0')) resolve(text);
    });
    socket.on('close', () => (text === '' ? reject(new Error('clamd hung up')) : resolve(text)));
  });
}

function verdictOf(reply: string): VirusVerdict {
  const text = reply.replace(/\0.*$/s, '').trim();
  if (/: OK$/.test(text)) return { kind: 'clean' };
  const found = /: (.+) FOUND$/.exec(text)?.[1];
  if (found !== undefined) return { kind: 'virus', name: found.replace(/[^\x21-\x7e]/g, '?').slice(0, 100) };
  if (/size limit exceeded/i.test(text)) return { kind: 'too_large' };
  throw new Error(`clamd: ${text.slice(0, 200)}`);
}
