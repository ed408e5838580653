import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { createTravellingClock, type TravellingClock } from '../../src/kit/clock/index.ts';
import { createLogger } from '../../src/kit/log/index.ts';
import { type Config, readConfig } from '../../src/process/config.ts';
import type { MailPorts } from '../../src/process/mail-servers.ts';
import { type App, wire } from '../../src/process/wire.ts';
import { freshDatabase, type TestDatabase } from './database.ts';
import { testTls } from './tls.ts';

export const PASSWORD = 'Beichen-2026!demo';
const ORIGIN = 'http://localhost:3000';

export interface Person {
  get<T = unknown>(path: string): Promise<Answer<T>>;
  post<T = unknown>(path: string, body?: unknown): Promise<Answer<T>>;
  put<T = unknown>(path: string, body?: unknown): Promise<Answer<T>>;
  patch<T = unknown>(path: string, body?: unknown): Promise<Answer<T>>;
  delete<T = unknown>(path: string): Promise<Answer<T>>;
}

export interface Answer<T> {
  status: number;
  body: T;
  raw: LightMyRequestResponse;
}

export interface TestApp {
  app: App;
  config: Config;
  database: TestDatabase;
  clock: TravellingClock;
  /** Where the mail servers listen. */
  ports: MailPorts;
  folder: string;
  /** Signs in by name and the sample password. */
  as(name: string, password?: string): Promise<Person>;
  stranger: Person;
  /** Waits until no background job is left. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The whole product on a database of its own with the sample institution; HTTP by inject, mail on free ports. */
export async function startApp(
  options: { sample?: boolean; env?: Record<string, string> } = {},
): Promise<TestApp> {
  const database = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'hongyan-app-'));
  const config = readConfig(
    {
      HONGYAN_DATA: folder,
      HONGYAN_URL: ORIGIN,
      HONGYAN_LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
      ...ZERO_PORTS,
      ...options.env,
    },
    { sample: true, cwd: folder },
  );
  const clock = createTravellingClock();
  const app = await wire({
    config,
    folder: { path: folder, id: randomBytes(8).toString('hex'), release: () => undefined },
    database: { ...database, fresh: true, applied: [] },
    clock,
    log: createLogger(config.logLevel),
    keys: { current: 1, keys: new Map([[1, randomBytes(32)]]) },
    tls: await testTls(),
    setupCode: 'setup-code',
    url: () => ORIGIN,
  });
  const ports = await app.start();
  if (options.sample !== false) await app.fillSample();
  const settle = () => waitForJobs(database);
  await settle();
  return {
    app,
    config,
    database,
    clock,
    ports,
    folder,
    as: async (name, password = PASSWORD) => person(app, await signIn(app, name, password)),
    stranger: person(app, undefined),
    settle,
    async close() {
      await app.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ZERO_PORTS = Object.fromEntries(
  ['HTTP', 'SMTP', 'SUBMISSION', 'SUBMISSIONS', 'IMAP', 'IMAPS', 'POP3', 'POP3S', 'SIEVE'].map((name) => [
    `HONGYAN_${name}_PORT`,
    '0',
  ]),
);

async function signIn(app: App, name: string, password: string): Promise<string> {
  const response = await app.http.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { name, password },
  });
  const cookie = response.cookies[0];
  if (response.statusCode !== 200 || !cookie)
    throw new Error(`sign-in of ${name}: ${response.statusCode} ${response.body}`);
  return `${cookie.name}=${cookie.value}`;
}

function person(app: App, cookie: string | undefined): Person {
  async function send<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Answer<T>> {
    const raw = await app.http.inject({
      method,
      url: path.startsWith('/api/') || path.startsWith('/jmap') ? path : `/api/v1${path}`,
      headers: {
        ...(cookie === undefined ? {} : { cookie }),
        ...(method === 'GET' ? {} : { origin: ORIGIN }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return { status: raw.statusCode, body: isJson(raw) ? raw.json<T>() : JSON.parse('null'), raw };
  }
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path) => send('DELETE', path),
  };
}

async function waitForJobs(database: TestDatabase): Promise<void> {
  for (let quiet = 0, tries = 0; quiet < 2; tries++) {
    if (tries > 600) throw new Error('background jobs do not come to rest');
    const { rows } = await database.pool.query<{ n: number }>(
      "select count(*)::int as n from jobs.job where state in ('created', 'active') and start_after <= now() and name not like '\\_\\_%'",
    );
    quiet = rows[0]?.n === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Some routes answer with a file or an XML document. */
function isJson(raw: LightMyRequestResponse): boolean {
  return String(raw.headers['content-type'] ?? '').includes('json');
}
