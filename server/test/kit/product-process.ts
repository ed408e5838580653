import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/process/main.ts');

export interface Ports {
  http: number;
  smtp: number;
  submission: number;
  imap: number;
  pop3: number;
}

export interface ProductProcess {
  child: ChildProcess;
  url: string;
  ports: Ports;
  /** Everything that it printed so far. */
  output(): string;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export async function freePorts(): Promise<Ports> {
  const ports = await Promise.all(Array.from({ length: 5 }, freePort));
  const [http = 0, smtp = 0, submission = 0, imap = 0, pop3 = 0] = ports;
  return { http, smtp, submission, imap, pop3 };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Starts the real product as a process of its own and waits for its `ready` line. */
export async function startProcess(options: {
  data: string;
  ports: Ports;
  sample?: boolean;
  env?: Record<string, string>;
}): Promise<ProductProcess> {
  const { data, ports } = options;
  const child = spawn(process.execPath, [MAIN, ...(options.sample === false ? [] : ['--sample'])], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HONGYAN_DATA: data,
      HONGYAN_HOST: '127.0.0.1',
      HONGYAN_LOG_LEVEL: 'error',
      HONGYAN_HTTP_PORT: String(ports.http),
      HONGYAN_SMTP_PORT: String(ports.smtp),
      HONGYAN_SUBMISSION_PORT: String(ports.submission),
      HONGYAN_SUBMISSIONS_PORT: '0',
      HONGYAN_IMAP_PORT: String(ports.imap),
      HONGYAN_IMAPS_PORT: '0',
      HONGYAN_POP3_PORT: String(ports.pop3),
      HONGYAN_POP3S_PORT: '0',
      HONGYAN_SIEVE_PORT: '0',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const ready = /^ready (\S+)$/m;
  const deadline = Date.now() + 60_000;
  while (!ready.test(text)) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
      throw new Error(`product did not start: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return {
    child,
    url: ready.exec(text)?.[1] ?? '',
    ports,
    output: () => text,
    async kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
