import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { LIMITS } from './limits.ts';

/** Runs the server's side of a TLS handshake on a socket that nobody reads. Rejects when the peer fails or stalls. */
export function acceptTls(plain: Socket, secureContext: SecureContext): Promise<TLSSocket> {
  const tls = new TLSSocket(plain, { isServer: true, secureContext });
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => {
      clearTimeout(timer);
      tls.off('secure', onSecure);
      tls.off('close', onClose);
      if (error) {
        tls.destroy();
        reject(error);
      } else resolve(tls);
    };
    const onSecure = () => done();
    const onClose = () => done(new Error('connection closed during the TLS handshake'));
    const timer = setTimeout(() => done(new Error('TLS handshake timed out')), LIMITS.loginMs);
    tls.on('secure', onSecure);
    tls.on('close', onClose);
    // Stays on for the life of the socket: an unheard error would end the process.
    tls.on('error', done);
  });
}
