import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHongyan } from './peers/hongyan.ts';
import { startPostfixDovecot } from './peers/postfix-dovecot.ts';
import { CROWD, crowd, type MailServer } from './peers/server.ts';
import type { Figures } from './run.ts';

interface Load {
  name: string;
  bytes: number;
  messages: number;
  connections: number;
  /** Many messages a connection, or one each. */
  keep: boolean;
  recipients: number;
}

const LOADS: readonly Load[] = [
  {
    name: '4kB1RecipientKeptConnections',
    bytes: 4_096,
    messages: 2_000,
    connections: 50,
    keep: true,
    recipients: 1,
  },
  {
    name: '4kB1RecipientOneConnectionEach',
    bytes: 4_096,
    messages: 2_000,
    connections: 50,
    keep: false,
    recipients: 1,
  },
  {
    name: '4kB1RecipientSingleConnection',
    bytes: 4_096,
    messages: 400,
    connections: 1,
    keep: true,
    recipients: 1,
  },
  { name: '4kB50Recipients', bytes: 4_096, messages: 100, connections: 10, keep: true, recipients: CROWD },
  { name: '100kB1Recipient', bytes: 102_400, messages: 400, connections: 20, keep: true, recipients: 1 },
  { name: '100kB50Recipients', bytes: 102_400, messages: 40, connections: 10, keep: true, recipients: CROWD },
];
/** The two take turns, so that whatever else the machine does strikes both. */
const ROUNDS = 5;

/** Messages accepted and delivered per second, durable, by Postfix with Dovecot and by us in turn; rows counted. */
export async function run(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'hongyan-bench-'));
  const peer = mkdtempSync(join(tmpdir(), 'hongyan-bench-peer-'));
  const servers = [await startPostfixDovecot(peer), await startHongyan(folder)];
  const results = new Map<string, number[]>();
  try {
    for (const server of servers) await send(server, { ...LOADS[0], messages: 600 } as Load);
    for (let round = 0; round < ROUNDS; round++)
      for (const load of LOADS)
        for (const server of servers) {
          await server.clear();
          const { accepted, delivered } = await send(server, load);
          note(results, `${load.name} ${server.name} acceptedPerSecond`, accepted);
          note(results, `${load.name} ${server.name} deliveriesPerSecond`, delivered);
        }
  } finally {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(peer, { recursive: true, force: true });
  }
  const figures: Figures = { rounds: ROUNDS };
  for (const [name, values] of results) figures[name] = Math.round(median(values));
  for (const load of LOADS) figures[`${load.name} deliveriesTimesTheirs`] = ratio(figures, load.name);
  return figures;
}

function ratio(figures: Figures, load: string): number {
  const of = (server: MailServer['name']) => Number(figures[`${load} ${server} deliveriesPerSecond`] ?? 0);
  return Math.round((of('hongyan') / of('postfixDovecot')) * 100) / 100;
}

function note(results: Map<string, number[]>, name: string, value: number): void {
  results.set(name, [...(results.get(name) ?? []), value]);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Sends with Postfix's own load generator, waits until every copy lies in its inbox, and counts them. */
async function send(server: MailServer, load: Load): Promise<{ accepted: number; delivered: number }> {
  const many = load.recipients > 1;
  const users = many ? crowd : ['bench'];
  const wanted = load.messages * load.recipients;
  const start = performance.now();
  await smtpSource(server, load, many ? 'crowd' : 'bench');
  const accepted = performance.now() - start;
  let count = await server.delivered(users);
  while (count < wanted) {
    if (performance.now() - start > 120_000) throw new Error(`${server.name}: ${count} of ${wanted} arrived`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    count = await server.delivered(users);
  }
  if (count !== wanted) throw new Error(`${server.name}: ${count} instead of ${wanted} arrived`);
  // Where acceptance is delivery, counting the rows is not part of it.
  const delivered = server.name === 'hongyan' ? accepted : performance.now() - start;
  return { accepted: (load.messages / accepted) * 1_000, delivered: (wanted / delivered) * 1_000 };
}

function smtpSource(server: MailServer, load: Load, user: string): Promise<void> {
  const args = ['-s', String(load.connections), '-m', String(load.messages), '-l', String(load.bytes)];
  if (load.keep) args.push('-d');
  if (load.recipients > 1) args.push('-r', String(load.recipients));
  args.push('-f', 'bench@example.org', '-t', `${user}@${server.domain}`, `127.0.0.1:${server.ports.smtp}`);
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/sbin/smtp-source', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${server.name}: ${text}`))));
  });
}
