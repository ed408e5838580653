import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { Config } from './config.ts';
import { startErrors } from './process.errors.ts';

export interface TlsMaterial {
  cert: string;
  key: string;
  /** True when nobody but us vouches for it. */
  selfMade: boolean;
}

/** The institution's certificate, or one of our own making kept in the data folder. */
export async function loadTls(config: Config, dataFolder: string, hostname: string): Promise<TlsMaterial> {
  if (config.tlsCert !== undefined && config.tlsKey !== undefined) {
    return {
      cert: read(config.tlsCert, 'HONGYAN_TLS_CERT'),
      key: read(config.tlsKey, 'HONGYAN_TLS_KEY'),
      selfMade: false,
    };
  }
  const certFile = join(dataFolder, 'keys', 'tls.crt');
  const keyFile = join(dataFolder, 'keys', 'tls.key');
  if (!existsSync(certFile) || !existsSync(keyFile) || !isFresh(readFileSync(certFile, 'utf8'))) {
    const made = await generate([{ name: 'commonName', value: hostname }], {
      keyType: 'rsa',
      keySize: 2048,
      algorithm: 'sha256',
      notAfterDate: new Date(Date.now() + 730 * 86_400_000),
      extensions: [
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: hostname },
            { type: 2, value: 'localhost' },
            { type: 7, ip: '127.0.0.1' },
          ],
        },
      ],
    });
    writeFileSync(keyFile, made.private, { mode: 0o600 });
    writeFileSync(certFile, made.cert);
  }
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), selfMade: true };
}

function read(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw startErrors.bad_setting({ name, value: file, hint: 'unreadable' });
  }
}

function isFresh(cert: string): boolean {
  return new X509Certificate(cert).validToDate.getTime() > Date.now() + 30 * 86_400_000;
}
