import { directoryErrors } from '../../directory/index.ts';
import { type Clock, createTravellingClock, type TravellingClock } from '../../kit/clock/index.ts';
import type { Connection } from '../../kit/db/index.ts';
import { AppError } from '../../kit/errors/index.ts';
import { systemActor } from '../../kit/http/index.ts';
import { createLogger, type Logger } from '../../kit/log/index.ts';
import type { Config } from '../config.ts';
import { type DataFolder, findDataFolder, takeDataFolder } from '../data-folder.ts';
import { type OpenDatabase, useDatabase } from '../database.ts';
import { loadKeys } from '../keys.ts';
import { runningPostgres, startPostgres } from '../postgres/supervisor.ts';
import { startErrors } from '../process.errors.ts';
import { loadTls } from '../tls.ts';
import { type App, wire } from '../wire.ts';
import { commandErrors } from './commands.errors.ts';

/** Who the audit log names for what is done here. */
export const cliActor = systemActor('cli');

/** A data folder and its database server, ours for the moment or the running product's. */
export interface Server {
  folder: DataFolder;
  connection: Connection;
  /** A product runs on the embedded database. */
  running: boolean;
  log: Logger;
  /** Stops what we have started. */
  stop(): Promise<void>;
}

export interface Session extends Server {
  clock: Clock;
  database: OpenDatabase;
  /** Closes the connections and stops what we have started. */
  stop(): Promise<void>;
}

/**
 * The database server of the settings: DATABASE_URL, or the running product's embedded one, or the embedded one
 * started for this command. `create` lets a new data folder be made; else its absence is an error.
 */
export async function openServer(config: Config, options: { create?: boolean } = {}): Promise<Server> {
  // The logger's JSON lines would spoil the sentences; what matters is thrown.
  const log = createLogger('silent');
  if (!options.create && !findDataFolder(config.data)) throw commandErrors.no_data({ folder: config.data });
  let folder: DataFolder;
  try {
    folder = await takeDataFolder(config.data);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== startErrors.folder_in_use.code) throw error;
    return attach(config, log);
  }
  if (config.databaseUrl !== undefined) {
    const stop = async () => folder.release();
    return { folder, connection: { connectionString: config.databaseUrl }, running: false, log, stop };
  }
  try {
    const postgres = await startPostgres(folder, log);
    const stop = async () => {
      await postgres.stop();
      folder.release();
    };
    return { folder, connection: postgres.connection, running: false, log, stop };
  } catch (error) {
    folder.release();
    throw error;
  }
}

function attach(config: Config, log: Logger): Server {
  const folder = findDataFolder(config.data);
  if (!folder) throw commandErrors.starting({ folder: config.data });
  const stop = async () => undefined;
  if (config.databaseUrl !== undefined)
    return { folder, connection: { connectionString: config.databaseUrl }, running: true, log, stop };
  const connection = runningPostgres(folder);
  if (!connection) throw commandErrors.starting({ folder: config.data });
  return { folder, connection, running: true, log, stop };
}

/** The same with the database checked; migrated unless a product runs on it. */
export async function openSession(config: Config, options: { create?: boolean } = {}): Promise<Session> {
  const server = await openServer(config, options);
  const clock = createTravellingClock(config.clockOffsetMs);
  const database = await useDatabase(config, server.connection, server.folder, {
    clock,
    log: server.log,
    migrations: server.running ? 'require' : 'apply',
    stop: server.stop,
  });
  return { ...server, clock, database, stop: () => database.close() };
}

/** The whole product without its servers: the services that the web uses, on the session's database. */
export async function openApp(config: Config): Promise<Session & { app: App }> {
  const session = await openSession(config);
  const clock: TravellingClock = createTravellingClock(config.clockOffsetMs);
  try {
    const { folder, database, log } = session;
    const url = config.url ?? `http://localhost:${config.httpPort}`;
    const app = await wire({
      config,
      folder,
      database,
      clock,
      log,
      keys: loadKeys(folder.path, config.keyFile, !database.fresh),
      tls: await loadTls(config, folder.path, new URL(url).hostname),
      setupCode: '',
      url: () => url,
    });
    await app.startTools();
    const stop = async () => {
      await app.stop();
      await session.stop();
    };
    return { ...session, app, stop };
  } catch (error) {
    await session.stop();
    throw error;
  }
}

/** Opens, works, and stops again whatever happens. */
export async function withApp<T>(
  config: Config,
  work: (session: Session & { app: App }) => Promise<T>,
): Promise<T> {
  const session = await openApp(config);
  try {
    if (!(await session.app.directory.institution.find())) throw directoryErrors.not_setup();
    return await work(session);
  } finally {
    await session.stop();
  }
}
