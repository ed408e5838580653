import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createTravellingClock } from '../kit/clock/index.ts';
import { createLogger } from '../kit/log/index.ts';
import type { Config } from './config.ts';
import { takeDataFolder } from './data-folder.ts';
import { openDatabase } from './database.ts';
import { type HttpsListener, listenHttps } from './https.ts';
import { loadKeys } from './keys.ts';
import { startErrors } from './process.errors.ts';
import { loadTls } from './tls.ts';
import { type App, wire } from './wire.ts';

export interface Product {
  url: string;
  /** The port of the web server over TLS; undefined when it is off. */
  httpsPort: number | undefined;
  /** Present while the institution has not been set up. */
  setupCode: string | undefined;
  app: App;
  /** Stops accepting, lets work in hand finish, then stops the database. */
  stop(): Promise<void>;
}

export async function startProduct(config: Config): Promise<Product> {
  const log = createLogger(config.logLevel);
  const clock = createTravellingClock(config.clockOffsetMs);
  const folder = await takeDataFolder(config.data);
  try {
    const database = await openDatabase(config, folder, clock, log);
    try {
      const keys = loadKeys(folder.path, config.keyFile, !database.fresh);
      let url = config.url ?? `http://localhost:${config.httpPort}`;
      const tls = await loadTls(config, folder.path, new URL(url).hostname);
      const setupCode = process.env['HONGYAN_SETUP_CODE'] ?? randomBytes(5).toString('hex');
      let https: HttpsListener | undefined;
      const app = await wire({
        config,
        folder,
        database,
        clock,
        log,
        keys,
        tls,
        setupCode,
        url: () => url,
        httpsPort: () => https?.port,
      });
      await app.start();
      if (config.sample && (await app.directory.institution.find()) === undefined) await app.fillSample();
      if (config.roles.has('web')) {
        await named(config.httpPort, 'HONGYAN_HTTP_PORT', () =>
          app.http.listen({ host: config.host, port: config.httpPort }),
        );
        const port = config.httpsPort;
        if (port !== undefined) {
          const listen = () => listenHttps(app.http, tls, { host: config.host, port });
          https = await named(port, 'HONGYAN_HTTPS_PORT', listen);
        }
        const address = app.http.server.address();
        if (config.url === undefined && address !== null) url = `http://localhost:${portOf(address)}`;
      }
      const needsSetup = (await app.directory.institution.find()) === undefined;
      return {
        url,
        app,
        httpsPort: https?.port,
        setupCode: needsSetup ? setupCode : undefined,
        async stop() {
          await https?.close();
          await app.stop();
          await database.close();
          folder.release();
        },
      };
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    folder.release();
    throw error;
  }
}

function portOf(address: AddressInfo | string): number {
  return typeof address === 'string' ? 0 : address.port;
}

/** A port that is taken is said in one sentence, with the setting that moves it. */
async function named<T>(port: number, name: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw startErrors.port_in_use({ port, name });
    throw error;
  }
}
