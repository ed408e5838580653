import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../src/kit/db/index.ts';

const PROCESS = join(import.meta.dirname, '../../src/process');

export interface User {
  uid: number;
  gid: number;
}

export interface Product {
  child: ChildProcess;
  url: string;
  /** The code that the set-up wizard asks for; undefined once the institution exists. */
  setupCode: string | undefined;
  httpsPort: number;
  /** Sends a signal and waits for the end; resolves to the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface Ended {
  code: number | null;
  output: string;
}

/** Settings of a product in `data` that takes no port of anybody's. */
export function settings(data: string, more: Record<string, string> = {}): Record<string, string> {
  const ports = ['HTTP', 'SMTP', 'SUBMISSION', 'SUBMISSIONS', 'IMAP', 'IMAPS', 'POP3', 'POP3S', 'SIEVE'];
  return {
    PATH: process.env['PATH'] ?? '',
    LANG: 'en_US.UTF-8',
    HONGYAN_DATA: data,
    HONGYAN_HOST: '127.0.0.1',
    HONGYAN_LOG_LEVEL: 'error',
    ...Object.fromEntries(ports.map((name) => [`HONGYAN_${name}_PORT`, '0'])),
    ...more,
  };
}

function launch(script: string, args: string[], env: Record<string, string>, user?: User) {
  const child = spawn(process.execPath, [join(PROCESS, script), ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...user,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { child, ended, output: () => text };
}

/** Starts the real product and waits for its `ready` line. */
export async function startProduct(
  env: Record<string, string>,
  options: { user?: User; args?: string[] } = {},
): Promise<Product> {
  const { child, ended, output } = launch('main.ts', options.args ?? [], env, options.user);
  const ready = /^ready (\S+)$/m;
  for (const deadline = Date.now() + 50_000; !ready.test(output()); ) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      child.kill('SIGTERM');
      throw new Error(`product did not start: ${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return {
    child,
    url: ready.exec(output())?.[1] ?? '',
    setupCode: /\/setup\s+(\S+)$/m.exec(output())?.[1],
    httpsPort: Number(env['HONGYAN_HTTPS_PORT'] ?? 0),
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** Starts the product where it must not start, and waits for its end. */
export async function refusedStart(env: Record<string, string>, args: string[] = []): Promise<Ended> {
  const { ended, output } = launch('main.ts', args, env);
  return { code: await ended, output: output() };
}

/** Runs `hongyan …` to its end. */
export async function hongyan(
  env: Record<string, string>,
  args: string[],
  options: { input?: string; user?: User } = {},
): Promise<Ended> {
  const { child, ended, output } = launch('cli.ts', args, env, options.user);
  child.stdin.end(options.input ?? '');
  return { code: await ended, output: output() };
}

/** One request of a page of ours. */
export async function send(
  url: string,
  path: string,
  body?: object,
  cookie?: string,
  method = body === undefined ? 'GET' : 'POST',
): Promise<{ status: number; body: string; cookie: string | undefined }> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      origin: url,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: await response.text(),
    cookie: response.headers.getSetCookie()[0]?.split(';')[0],
  };
}

export const PASSWORD = 'Nanshan-2026!work';

/** What the set-up wizard sends. */
export function setUp(product: Product): Promise<{ status: number; body: string }> {
  return send(product.url, '/setup', {
    setupCode: product.setupCode ?? '',
    institution: '南山学院',
    domain: 'nanshan.test',
    account: 'boss',
    name: '王校长',
    password: PASSWORD,
  });
}

export function signIn(product: Product, name = 'boss', password = PASSWORD) {
  return send(product.url, '/session', { name, password });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The embedded database of a running product. */
export function socketOf(data: string): Connection {
  const id = readFileSync(join(data, 'folder-id'), 'utf8').trim();
  return {
    host: join(tmpdir(), `hongyan-${id}`),
    port: 5432,
    user: 'hongyan',
    password: readFileSync(join(data, 'keys', 'postgres'), 'utf8').trim(),
    database: 'hongyan',
  };
}
