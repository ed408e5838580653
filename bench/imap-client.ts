import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A client that counts what comes and keeps only the last of it: it must be faster than any server. */
export interface ImapClient {
  /** Sends a command; gives milliseconds, octets, the tagged line and what stands before it. */
  run(command: string): Promise<{ ms: number; bytes: number; tagged: string; tail: string }>;
  /** Sends a line and does not wait. */
  send(line: string): void;
  close(): void;
}

export interface ClientOptions {
  port: number;
  tls?: boolean;
  user: string;
  password: string;
}

export async function signIn({ port, tls, user, password }: ClientOptions): Promise<ImapClient> {
  const socket: Socket = tls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  // A benchmark that waits for ever says nothing.
  socket.on('close', () => waiting?.fail(new Error(`closed: ${waiting.tail}`)));
  let count = 0;
  let waiting:
    | { tag: string; tail: string; bytes: number; done: () => void; fail: (error: Error) => void }
    | undefined;
  socket.on('data', (chunk: Buffer) => {
    if (!waiting) return;
    waiting.bytes += chunk.length;
    waiting.tail = (waiting.tail + chunk.toString('latin1', Math.max(0, chunk.length - 2_000))).slice(-4_000);
    if (new RegExp(`(^|\\r\\n)${waiting.tag} .*\\r\\n$`).test(waiting.tail)) waiting.done();
  });
  async function run(command: string) {
    const tag = `b${++count}`;
    const start = performance.now();
    const state = {
      tag,
      tail: '',
      bytes: 0,
      done: (): void => undefined,
      fail: (_: Error): void => undefined,
    };
    const finished = new Promise<void>((resolve, reject) => {
      state.done = () => resolve();
      state.fail = reject;
    });
    waiting = state;
    socket.write(`${tag} ${command}\r\n`);
    await finished;
    const tagged = state.tail.slice(state.tail.lastIndexOf(`${tag} `)).trim();
    if (!tagged.startsWith(`${tag} OK`)) throw new Error(`${command.slice(0, 80)}: ${tagged}`);
    return { ms: performance.now() - start, bytes: state.bytes, tagged, tail: state.tail };
  }
  await run(`LOGIN ${user} "${password}"`);
  return { run, send: (line) => socket.write(`${line}\r\n`), close: () => socket.destroy() };
}

/** Fills a mailbox: so many different messages by APPEND, then copies of them up to `total`. */
export async function fill(
  client: ImapClient,
  mailbox: string,
  different: number,
  total: number,
  bytes = 4_000,
): Promise<void> {
  await client.run(`CREATE ${mailbox}`).catch(() => undefined);
  for (let at = 0; at < different; at += 100) {
    const parts: string[] = [];
    for (let n = at; n < Math.min(at + 100, different); n++) {
      const text = message(n, bytes);
      parts.push(`{${text.length}+}\r\n${text}`);
    }
    await client.run(`APPEND ${mailbox} ${parts.join(' ')}`);
  }
  await client.run(`SELECT ${mailbox}`);
  for (let have = different; have < total; ) {
    const take = Math.min(have, total - have, 10_000);
    await client.run(`COPY 1:${take} ${mailbox}`);
    have += take;
  }
  await client.run('UNSELECT');
}

function message(n: number, bytes: number): string {
  const head = [
    `From: Sender ${n % 97} <sender${n % 97}@example.org>`,
    'To: 李强 <liqiang@beichen.test>, Other <other@example.org>',
    `Subject: Message number ${n} about things`,
    `Date: Mon, 2 Mar 2026 10:${String(n % 60).padStart(2, '0')}:00 +0800`,
    `Message-ID: <bench.${n}@example.org>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="bb"',
    '',
    '',
  ].join('\r\n');
  const text = `line of text number ${n} ${'x'.repeat(48)}\r\n`.repeat(Math.max(1, Math.ceil(bytes / 160)));
  const body = `--bb\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n--bb\r\nContent-Type: text/html\r\n\r\n<p>${text}</p>\r\n--bb--\r\n`;
  return Buffer.from(head + body, 'utf8')
    .toString('latin1')
    .replace(/[\x80-\xff]/g, 'x');
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
