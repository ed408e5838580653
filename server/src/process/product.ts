import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createTravellingClock } from '../kit/clock/index.ts';
import { createLogger } from '../kit/log/index.ts';
import type { Config } from './config.ts';
import { isLoopback } from './config.ts';
import { takeDataFolder } from './data-folder.ts';
import { openDatabase } from './database.ts';
import { loadKeys } from './keys.ts';
import { startErrors } from './process.errors.ts';
import { loadTls } from './tls.ts';
import { type App, wire } from './wire.ts';

export interface Product {
  url: string;
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
      const app = await wire({ config, folder, database, clock, log, keys, tls, setupCode, url: () => url });
      await app.start();
      if (config.sample && (await app.directory.institution.find()) === undefined) await app.fillSample();
      if (config.roles.has('web')) {
        await listen(app, config);
        const address = app.http.server.address();
        if (config.url === undefined && address !== null) url = `http://localhost:${portOf(address)}`;
      }
      const needsSetup = (await app.directory.institution.find()) === undefined;
      return {
        url,
        app,
        setupCode: needsSetup ? setupCode : undefined,
        async stop() {
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

async function listen(app: App, config: Config): Promise<void> {
  try {
    await app.http.listen({ host: config.host, port: config.httpPort });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw startErrors.port_in_use({ port: config.httpPort, name: 'HONGYAN_HTTP_PORT' });
    }
    throw error;
  }
}

export { isLoopback };
