import { chmodSync, readFileSync } from 'node:fs';
import { freePorts, startProcess } from '../../server/test/kit/product-process.ts';
import { connect, imap } from './imap-load.ts';
import { crowd, type MailServer } from './server.ts';

const PASSWORD = 'Long-Road-2026!';
const DOMAIN = 'beichen.test';
/** Messages of one MULTIAPPEND. */
const APPEND = 100;

/** The real product with its embedded database, with every check that is on by default. */
export async function startHongyan(data: string): Promise<MailServer> {
  chmodSync(data, 0o755);
  const product = await startProcess({ data, ports: await freePorts() });
  const { smtp, imap: imapPort, pop3 } = product.ports;
  await createUsers(product.url, ['bench', ...crowd]);
  const login = (user: string) => `${user}@${DOMAIN}`;
  return {
    name: 'hongyan',
    ports: { smtp, imap: imapPort, pop3 },
    domain: DOMAIN,
    password: PASSWORD,
    login,
    async delivered(users) {
      let sum = 0;
      for (const user of users) sum += await countInbox(imapPort, login(user));
      return sum;
    },
    async clear() {
      for (const user of ['bench', ...crowd]) {
        const client = await imap(imapPort, login(user), PASSWORD);
        await client.command('SELECT INBOX');
        await client.command('STORE 1:* +FLAGS.SILENT (\\Deleted)').catch(() => 0);
        await client.command('EXPUNGE');
        client.close();
      }
    },
    async fill(user, messages) {
      const client = await imap(imapPort, login(user), PASSWORD);
      let batch: Buffer[] = [];
      const flush = async () => {
        if (batch.length === 0) return;
        const literals = batch.map(
          (message) => `(\\Seen) {${message.length}+}\r\n${message.toString('latin1')}`,
        );
        batch = [];
        await client.command(`APPEND INBOX ${literals.join(' ')}`);
      };
      for (const message of messages) {
        batch.push(message);
        if (batch.length >= APPEND) await flush();
      }
      await flush();
      client.close();
    },
    memoryKb: () =>
      Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${product.child.pid}/status`, 'utf8'))?.[1] ?? 0),
    async stop() {
      await product.kill('SIGTERM');
    },
  };
}

async function countInbox(port: number, login: string): Promise<number> {
  const client = await connect(port);
  await client.until('* OK');
  await client.command(`LOGIN "${login}" "${PASSWORD}"`);
  const { end } = await client.command('STATUS INBOX (MESSAGES)');
  client.close();
  return Number(/MESSAGES (\d+)/.exec(end)?.[1] ?? 0);
}

async function createUsers(url: string, users: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/json', origin: url };
  const signIn = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'admin', password: 'Beichen-2026!demo' }),
  });
  const cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  for (const user of users) {
    const made = await fetch(`${url}/api/v1/accounts`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify({
        name: `压测 ${user}`,
        account: user,
        password: PASSWORD,
        quotaBytes: 1_099_511_627_776,
      }),
    });
    if (!made.ok) throw new Error(`could not create ${user}: ${made.status} ${await made.text()}`);
  }
}
