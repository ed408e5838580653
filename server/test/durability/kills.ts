import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { createRandom } from '../../src/process/sample/random.ts';
import { freePorts, type ProductProcess, startProcess } from '../kit/product-process.ts';

const PASSWORD = 'Beichen-2026!demo';

export interface KillReport {
  kills: number;
  mailAcknowledged: number;
  mailLost: string[];
  mailTwice: string[];
  casesAcknowledged: number;
  casesLost: string[];
  casesStuck: string[];
  decisionsAcknowledged: number;
  mailboxesMissing: string[];
}

interface Ledger {
  /** Message numbers that were answered with 250. */
  mail: Set<string>;
  /** Case id to the mailbox name that it asks for. */
  cases: Map<string, string>;
  decisions: number;
}

/**
 * Kills the product with -9 at random moments under mail and approval traffic, now the process alone, now its database
 * too, starts it again each time, and in the end compares what was acknowledged with what is there.
 */
export async function killAgainAndAgain(kills: number, seed: number): Promise<KillReport> {
  const data = mkdtempSync(join(tmpdir(), 'hongyan-kills-'));
  // Run by root, the database's own user must reach it, or its cluster would lie elsewhere and never be killed.
  chmodSync(data, 0o755);
  const random = createRandom(seed);
  const ports = await freePorts();
  const ledger: Ledger = { mail: new Set(), cases: new Map(), decisions: 0 };
  let product = await startProcess({ data, ports });
  try {
    for (let round = 0; round < kills; round++) {
      const traffic = startTraffic(product, ledger, round);
      await new Promise((resolve) => setTimeout(resolve, 150 + random.below(1_200)));
      if (random.below(2) === 0) killDatabase(data);
      await product.kill('SIGKILL');
      await traffic.stop();
      product = await startProcess({ data, ports });
    }
    await finishCases(product);
    return await compare(product, ledger, kills);
  } finally {
    await product.kill('SIGTERM');
    rmSync(data, { recursive: true, force: true });
  }
}

function killDatabase(data: string): void {
  try {
    process.kill(
      Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]),
      'SIGKILL',
    );
  } catch {
    // It may lie elsewhere, or be down already; killing the product alone is a case of its own.
  }
}

/** Several senders and an applicant, until stopped; errors are what a killed server gives. */
function startTraffic(product: ProductProcess, ledger: Ledger, round: number): { stop(): Promise<void> } {
  let stopped = false;
  const loop = async (work: (n: number) => Promise<void>) => {
    for (let n = 0; !stopped; n++) {
      try {
        await work(n);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const senders = [0, 1, 2].map((lane) => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: product.ports.smtp,
      pool: true,
      maxConnections: 1,
      ignoreTLS: true,
    });
    return loop(async (n) => {
      const id = `${round}-${lane}-${n}`;
      await transport.sendMail({
        from: 'sender@example.org',
        to: 'liqiang@beichen.test',
        subject: `kill ${id}`,
        text: `body ${id}`,
      });
      ledger.mail.add(id);
    }).finally(() => transport.close());
  });
  const office = loop(async (n) => {
    const name = `kill-${round}-${n}`;
    const caseId = await apply(product, name);
    ledger.cases.set(caseId, name);
    for (const person of ['zhaomin', 'wangfang']) if (await decideFirst(product, person)) ledger.decisions++;
  });
  return {
    async stop() {
      stopped = true;
      await Promise.all([...senders, office]);
    },
  };
}

const cookies = new Map<string, string>();

async function call<T>(
  product: ProductProcess,
  person: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const signal = AbortSignal.timeout(10_000);
  const origin = product.url;
  const key = `${product.url} ${person}`;
  let cookie = cookies.get(key);
  if (cookie === undefined) {
    const answer = await fetch(`${origin}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ name: person, password: PASSWORD }),
      signal,
    });
    if (!answer.ok) throw new Error(`sign-in ${answer.status}`);
    cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    cookies.set(key, cookie);
  }
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: { cookie, origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal,
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return JSON.parse(await answer.text());
}

async function apply(product: ProductProcess, name: string): Promise<string> {
  const me = await call<{ unit: { id: number } }>(product, 'zhangwei', 'GET', '/session');
  const values = {
    unit: me.unit.id,
    kind: 'mailbox',
    mailboxes: [{ name, password: 'Chong-Qi#2026x' }],
    ownerPhone: '13810000004',
    ownerEmail: 'zhangwei@beichen.test',
    headName: '赵敏',
    headPhone: '010-62750013',
  };
  const path = '/hall/services/info-service/applications';
  const { caseId } = await call<{ caseId: string }>(product, 'zhangwei', 'POST', path, {
    values,
    requestKey: `request-${name}`,
  });
  return caseId;
}

interface Todo {
  items: { taskId: string; case: { id: string; service: { key: string } } }[];
}

async function decideFirst(product: ProductProcess, person: string): Promise<boolean> {
  const { items } = await call<Todo>(product, person, 'GET', '/tasks?box=todo&limit=50&service=info-service');
  const task = items[0];
  if (!task) return false;
  await call(product, person, 'POST', `/tasks/${task.taskId}/decision`, {
    action: 'approve',
    comment: '同意',
  });
  return true;
}

/** Whatever is open is agreed to, until nothing is. */
async function finishCases(product: ProductProcess): Promise<void> {
  for (const person of ['zhaomin', 'wangfang']) while (await decideFirst(product, person));
}

async function compare(product: ProductProcess, ledger: Ledger, kills: number): Promise<KillReport> {
  const subjects = await readSubjects(product);
  const times = new Map<string, number>();
  for (const subject of subjects) {
    const id = /^kill (\S+)$/.exec(subject)?.[1];
    if (id !== undefined) times.set(id, (times.get(id) ?? 0) + 1);
  }
  const report: KillReport = {
    kills,
    mailAcknowledged: ledger.mail.size,
    mailLost: [...ledger.mail].filter((id) => !times.has(id)),
    mailTwice: [...times].filter(([, count]) => count > 1).map(([id]) => id),
    casesAcknowledged: ledger.cases.size,
    casesLost: [],
    casesStuck: [],
    decisionsAcknowledged: ledger.decisions,
    mailboxesMissing: [],
  };
  const states = await waitForCases(product, ledger);
  const boxes = await call<{ address: string }[]>(product, 'zhangwei', 'GET', '/me/unit-mailboxes');
  const addresses = new Set(boxes.map((box) => box.address));
  for (const [caseId, name] of ledger.cases) {
    const state = states.get(caseId);
    if (state === undefined) report.casesLost.push(caseId);
    else if (state !== 'approved') report.casesStuck.push(`${caseId} ${state}`);
    else if (!addresses.has(`${name}@beichen.test`)) report.mailboxesMissing.push(name);
  }
  return report;
}

/** Automatic steps that were under way when the product died are run again by their jobs. */
async function waitForCases(product: ProductProcess, ledger: Ledger): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (let tries = 0; tries < 120; tries++) {
    states.clear();
    for (const caseId of ledger.cases.keys()) {
      const page = await call<{ case: { state: string } }>(
        product,
        'zhangwei',
        'GET',
        `/cases/${caseId}`,
      ).catch(() => undefined);
      if (page) states.set(caseId, page.case.state);
    }
    if ([...states.values()].every((state) => state === 'approved')) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return states;
}

async function readSubjects(product: ProductProcess): Promise<string[]> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: product.ports.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user: 'liqiang@beichen.test', pass: PASSWORD },
    logger: false,
  });
  await client.connect();
  const lock = await client.getMailboxLock('INBOX');
  const subjects: string[] = [];
  try {
    for await (const message of client.fetch('1:*', { envelope: true }))
      subjects.push(message.envelope?.subject ?? '');
  } finally {
    lock.release();
    await client.logout();
  }
  return subjects;
}
