import type { Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';

/**
 * DEFLATE in both directions over a socket (RFC 4978). Our window is 8 kB, which costs some 50 kB a session in place
 * of 270 kB; the peer's may be 32 kB. What it inflates to is read no faster than commands are, so a bomb waits.
 */
export function compressSocket(socket: Socket, already: Buffer): { input: Duplex; output: Writable } {
  const input = createInflateRaw({ chunkSize: 4_096 });
  const output = createDeflateRaw({
    flush: constants.Z_SYNC_FLUSH,
    windowBits: 13,
    memLevel: 5,
    chunkSize: 8_192,
  });
  const drop = () => {
    input.destroy();
    output.destroy();
  };
  // Data that is not DEFLATE, and a peer that has gone, end the session alike.
  input.on('error', () => socket.destroy());
  output.on('error', () => socket.destroy());
  socket.once('close', drop);
  if (already.length > 0) input.write(already);
  socket.pipe(input);
  output.pipe(socket);
  return { input, output };
}
