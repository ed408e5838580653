import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts, startProcess } from '../server/test/kit/product-process.ts';
import { fill, type ImapClient, signIn } from './imap-client.ts';
import type { Figures } from './run.ts';

const PASSWORD = 'Beichen-2026!demo';
const SESSIONS = 500;

/**
 * Memory of the real product per session in IDLE: growth of its resident set with 500 sessions, by TLS or in the
 * clear, on mailboxes of 1,000 and 100,000 messages. All stay connected to the end: memory that sessions have given
 * back would hide what the next ones take. Before, ordinary comings and
 * goings of 20 at a time bring the heap to its working size.
 */
export async function run(): Promise<Figures> {
  const data = mkdtempSync(join(tmpdir(), 'hongyan-bench-'));
  chmodSync(data, 0o755);
  const ports = { ...(await freePorts()), imaps: (await freePorts()).imap };
  const start = () => startProcess({ data, ports, env: { HONGYAN_IMAPS_PORT: String(ports.imaps) } });
  const user = { user: 'zhangwei', password: PASSWORD };
  let product = await start();
  try {
    const client = await signIn({ ...user, port: ports.imap });
    await fill(client, 'Thousand', 1_000, 1_000, 500);
    await fill(client, 'Hundred', 1_000, 100_000, 500);
    client.close();
    // A fresh process: what filling has left in the heap would hide what sessions take.
    await product.kill('SIGTERM');
    product = await start();
    const pid = product.child.pid ?? 0;
    const measure = (tls: boolean, mailbox: string, sessions = SESSIONS) =>
      perSession(pid, { ...user, port: tls ? ports.imaps : ports.imap, tls }, mailbox, sessions);
    await warmUp({ ...user, port: ports.imaps, tls: true });
    return {
      sessions: SESSIONS,
      tlsThousandKilobytes: await measure(true, 'Thousand'),
      clearThousandKilobytes: await measure(false, 'Thousand'),
      tlsHundredThousandKilobytes: await measure(true, 'Hundred'),
      residentMegabytes: Math.round(resident(pid) / 1024),
    };
  } finally {
    await product.kill('SIGTERM');
    rmSync(data, { recursive: true, force: true });
  }
}

async function warmUp(options: Parameters<typeof signIn>[0]): Promise<void> {
  for (let round = 0; round < 30; round++) {
    const wave = await Promise.all(Array.from({ length: 20 }, () => signIn(options)));
    for (const client of wave) {
      await client.run('SELECT Thousand');
      await client.run('FETCH 1:20 ALL');
      client.close();
    }
  }
}

async function perSession(
  pid: number,
  options: Parameters<typeof signIn>[0],
  mailbox: string,
  sessions: number,
): Promise<number> {
  await wait(3_000);
  const before = resident(pid);
  for (let count = 0; count < sessions; count += 20) {
    const wave: ImapClient[] = await Promise.all(Array.from({ length: 20 }, () => signIn(options)));
    for (const client of wave) {
      await client.run(`SELECT ${mailbox}`);
      client.send('i IDLE');
    }
  }
  await wait(5_000);
  const after = resident(pid);
  return Math.round(((after - before) / sessions) * 10) / 10;
}

/** Kilobytes of physical memory that the process holds. */
function resident(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes);
}
