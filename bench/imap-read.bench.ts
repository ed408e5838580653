import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startProcess } from '../server/test/kit/product-process.ts';
import { fill, type ImapClient, median, signIn } from './imap-client.ts';
import type { Figures } from './run.ts';

const PASSWORD = 'Beichen-2026!demo';
const RUNS = 5;

/** Reading through IMAP from the real product: mailboxes of 10,000 and 100,000 messages, medians of five runs. */
export async function run(): Promise<Figures> {
  const data = mkdtempSync(join(tmpdir(), 'hongyan-bench-'));
  chmodSync(data, 0o755);
  const product = await startProcess({ data, ports: await freePorts() });
  try {
    const user = { port: product.ports.imap, user: 'zhangwei', password: PASSWORD };
    const client = await signIn(user);
    await fill(client, 'Ten', 10_000, 10_000);
    await fill(client, 'Hundred', 1_000, 100_000);
    return {
      messages: '10,000 different of 4 kB; 100,000 as copies of 1,000',
      selectHundredThousandMs: await timed(client, 'SELECT Hundred'),
      fetchFlagsHundredThousandMs: await timed(client, 'FETCH 1:* FLAGS'),
      uidSearchAllHundredThousandMs: await timed(client, 'UID SEARCH ALL'),
      searchUnseenHundredThousandMs: await timed(client, 'SEARCH UNSEEN'),
      sortDateHundredThousandMs: await timed(client, 'SORT (REVERSE DATE) UTF-8 ALL'),
      qresyncTenChangesMs: await qresync(client),
      selectTenThousandMs: await timed(client, 'SELECT Ten'),
      fetchAllTenThousandMs: await timed(client, 'FETCH 1:* ALL'),
      fetchFullTenThousandMs: await timed(client, 'FETCH 1:* FULL'),
      fetchBodiesTenThousandMs: await timed(client, 'FETCH 1:* BODY.PEEK[]'),
      fetchHeadersTenThousandMs: await timed(
        client,
        'FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT FROM DATE)]',
      ),
      threadReferencesTenThousandMs: await timed(client, 'THREAD REFERENCES UTF-8 ALL'),
      storeTenThousandMs: await timed(client, 'STORE 1:* +FLAGS.SILENT (\\Flagged)', 1),
      storeTenThousandAgainMs: await timed(client, 'STORE 1:* +FLAGS.SILENT (\\Flagged)', 1),
      copyTenThousandMs: await timed(client, 'COPY 1:* Archive', 1),
    };
  } finally {
    await product.kill('SIGTERM');
    rmSync(data, { recursive: true, force: true });
  }
}

async function timed(client: ImapClient, command: string, runs = RUNS): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < runs; n++) times.push((await client.run(command)).ms);
  return Math.round(median(times) * 10) / 10;
}

/** A client that knows the mailbox as it was ten flag changes ago comes back. */
async function qresync(client: ImapClient): Promise<number> {
  await client.run('ENABLE QRESYNC');
  const times: number[] = [];
  for (let n = 0; n < RUNS; n++) {
    await client.run('SELECT Hundred');
    await client.run('STORE 1:10 FLAGS (\\Seen)');
    await client.run('STORE 1:10 FLAGS (\\Answered)');
    const state = await client.run('STATUS Hundred (UIDVALIDITY HIGHESTMODSEQ)');
    await client.run('UNSELECT');
    const [, validity, modseq] = /UIDVALIDITY (\d+) HIGHESTMODSEQ (\d+)/.exec(state.tail) ?? [];
    times.push((await client.run(`SELECT Hundred (QRESYNC (${validity} ${Number(modseq) - 1}))`)).ms);
  }
  return Math.round(median(times) * 10) / 10;
}
