import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport, type Transporter } from 'nodemailer';
import type pg from 'pg';
import { createPool } from '../server/src/kit/db/index.ts';
import { createLogger } from '../server/src/kit/log/index.ts';
import { takeDataFolder } from '../server/src/process/data-folder.ts';
import { startPostgres } from '../server/src/process/postgres/supervisor.ts';
import { freePorts, startProcess } from '../server/test/kit/product-process.ts';
import { populateList } from '../server/test/mail/list-population.ts';
import { type ImapClient, signIn } from './imap-client.ts';
import type { Figures } from './run.ts';

const PEOPLE = 20_000;
const BASELINE_PROBES = 60;
const PASSWORD = 'Beichen-2026!demo';

/**
 * One message to a list of 20,000 people, expanded by the real product, while a client goes on sending and reading:
 * time to the last member, and what the client feels of it.
 */
export async function run(): Promise<Figures> {
  const path = mkdtempSync(join(tmpdir(), 'hongyan-bench-'));
  chmodSync(path, 0o755);
  const folder = await takeDataFolder(join(path, 'database'));
  const postgres = await startPostgres(folder, createLogger('silent'));
  const { host = '', user = '', password = '', database = '', port = 5432 } = postgres.connection;
  const url = `postgresql://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const data = join(path, 'data');
  const product = await startProcess({ data, ports: await freePorts(), env: { DATABASE_URL: url } });
  const pool = createPool({ connection: postgres.connection, max: 2 });
  try {
    await populateList(pool, { people: PEOPLE, outside: 0 });
    const imap = await signIn({ port: product.ports.imap, user: 'liuyang@beichen.test', password: PASSWORD });
    const smtp = createTransport({
      host: '127.0.0.1',
      port: product.ports.smtp,
      pool: true,
      maxMessages: Infinity,
      ignoreTLS: true,
    });
    const calm: number[] = [];
    for (let n = 0; n < BASELINE_PROBES; n++) calm.push(await probe(smtp, imap, n));
    const first = await expansion(smtp, imap, pool, 'first');
    const second = await expansion(smtp, imap, pool, 'second');
    imap.close();
    smtp.close();
    return {
      people: PEOPLE,
      // The first message of a mailbox makes its folders too.
      firstSeconds: first.seconds,
      firstMembersPerSecond: Math.round(PEOPLE / first.seconds),
      secondSeconds: second.seconds,
      secondMembersPerSecond: Math.round(PEOPLE / second.seconds),
      probeCalmP50Ms: quantile(calm, 0.5),
      probeCalmP95Ms: quantile(calm, 0.95),
      probeMeanwhileP50Ms: quantile([...first.probes, ...second.probes], 0.5),
      probeMeanwhileP95Ms: quantile([...first.probes, ...second.probes], 0.95),
      probeMeanwhileMaxMs: quantile([...first.probes, ...second.probes], 1),
      bodiesStored: second.bodies,
    };
  } finally {
    await product.kill('SIGTERM');
    await pool.end();
    await postgres.stop();
    folder.release();
    rmSync(path, { recursive: true, force: true });
  }
}

async function expansion(smtp: Transporter, imap: ImapClient, pool: pg.Pool, subject: string) {
  const start = performance.now();
  await smtp.sendMail({
    from: 'bench@example.org',
    to: 'all@beichen.test',
    subject,
    text: 'x'.repeat(4_000),
  });
  const probes: number[] = [];
  for (let n = 0; ; n++) {
    probes.push(await probe(smtp, imap, n));
    const { rows } = await pool.query<{ done: boolean }>(
      "select r.state = 'delivered' as done from mail.recipient r join mail.transfer t using (transfer_id) where r.list_id is not null and t.subject = $1",
      [subject],
    );
    if (rows[0]?.done) break;
  }
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const { rows } = await pool.query<{ copies: string; bodies: string }>(
    `select count(distinct m.account_id) as copies, count(distinct m.body_hash) as bodies from mail.message m
     join directory.account a on a.id = m.account_id where m.subject = $1 and a.local ~ '^m[0-9]+$'`,
    [subject],
  );
  if (Number(rows[0]?.copies) !== PEOPLE) throw new Error(`only ${rows[0]?.copies} members have it`);
  return { seconds, probes, bodies: Number(rows[0]?.bodies) };
}

/** A message over SMTP, and the mailbox that has it looked at over IMAP. */
async function probe(smtp: Transporter, imap: ImapClient, n: number): Promise<number> {
  const start = performance.now();
  await smtp.sendMail({
    from: 'probe@example.org',
    to: 'liuyang@beichen.test',
    subject: `probe ${n}`,
    text: 'x',
  });
  await imap.run('SELECT INBOX');
  await imap.run('FETCH * (FLAGS ENVELOPE)');
  const took = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return took;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
}
