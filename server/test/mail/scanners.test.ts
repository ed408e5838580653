import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MailSettings } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

let folder: string;
let fixture: MailFixture;
let rspamdPort: number;
const children: ChildProcess[] = [];

/** Our own signature database: the official one is not to be had in a test. */
const VIRUS = 'HONGYAN-TEST-VIRUS-SIGNATURE';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hongyan-scan-'));
  chmodSync(folder, 0o755);
  rspamdPort = await freePort();
  startRspamd();
  startClamd();
  fixture = await mailFixture();
  await Promise.all([
    reachable(() => connect(rspamdPort, '127.0.0.1')),
    reachable(() => connect(socketPath())),
  ]);
}, 90_000);
afterAll(async () => {
  await fixture.close();
  await Promise.all(
    children.map(
      (child) =>
        new Promise((resolve) => {
          child.once('exit', resolve);
          if (child.exitCode !== null || !child.kill('SIGKILL')) resolve(undefined);
        }),
    ),
  );
  rmSync(folder, { recursive: true, force: true });
});

const socketPath = () => join(folder, 'clamd.sock');

function startRspamd(): void {
  const config = join(folder, 'rspamd.conf');
  // Two rules of our own, so that the middle actions come about as well.
  writeFileSync(
    join(folder, 'rules.lua'),
    `rspamd_config:register_symbol{ name = 'OURS', score = 7.0, callback = function(task)
       local text = tostring(task:get_content())
       if text:find('COMELATER') then task:set_pre_result('soft reject', 'Come back later') end
       if text:find('WATCHES') then return true, 1.0 end
     end }
     rspamd_config:set_metric_symbol{ name = 'OURS', score = 7.0 }\n`,
  );
  writeFileSync(
    config,
    `lua = "${folder}/rules.lua";
     options { pidfile = "${folder}/rspamd.pid"; dns { nameserver = ["127.0.0.1:1"]; timeout = 0.2s; retransmits = 1; } }
     logging { type = "file"; filename = "${folder}/rspamd.log"; level = "error"; }
     actions { reject = 15; add_header = 6; greylist = 4; }
     worker "normal" { bind_socket = "127.0.0.1:${rspamdPort}"; count = 1; }\n`,
  );
  children.push(spawn('rspamd', ['-i', '-f', '-c', config], { stdio: 'ignore', cwd: folder }));
}

function startClamd(): void {
  const database = join(folder, 'db');
  mkdirSync(database);
  writeFileSync(join(database, 'own.ndb'), `Hongyan.Test:0:*:${Buffer.from(VIRUS).toString('hex')}\n`);
  writeFileSync(
    join(folder, 'clamd.conf'),
    `Foreground yes\nLocalSocket ${socketPath()}\nDatabaseDirectory ${database}\nTemporaryDirectory ${folder}\nStreamMaxLength 1M\nMaxThreads 2\n`,
  );
  children.push(spawn('clamd', ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' }));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

async function reachable(open: () => ReturnType<typeof connect>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const ok = await new Promise<boolean>((resolve) => {
      const socket = open();
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('a scanner did not start');
}

async function use(settings: Partial<MailSettings['scanners']>): Promise<void> {
  await fixture.database.pool.query(
    `insert into mail.setting values ('scanners', $1, now()) on conflict (key) do update set value = excluded.value`,
    [{ rspamdUrl: `http://127.0.0.1:${rspamdPort}`, clamavAddress: socketPath(), ...settings }],
  );
  fixture.mail.settings.forget();
}

async function send(text: string): Promise<string> {
  const talker = await Talker.open(fixture.ports.smtp);
  await talker.reply();
  await talker.say('EHLO client.test');
  await talker.say('MAIL FROM:<a@example.test>');
  await talker.say('RCPT TO:<liuyang@beichen.test>');
  await talker.say('DATA');
  const reply = await talker.say(
    `From: a@example.test\r\nTo: liuyang@beichen.test\r\nSubject: x\r\nMessage-ID: <${Math.random()}@x>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0800\r\n\r\n${text}\r\n.`,
  );
  talker.end();
  return reply;
}

async function newest(role: 'inbox' | 'junk'): Promise<string> {
  const scope = { accountId: 2, readerId: 2 };
  const { store } = fixture.mail;
  const mailbox = await store.mailboxByRole(fixture.database.db, scope, role);
  const entries = mailbox ? await store.entries(fixture.database.db, scope, mailbox.id) : [];
  const message = await store.open(fixture.database.db, 2, entries.at(-1)?.messageId ?? 0);
  return (await message?.bytes())?.toString() ?? '';
}

const GTUBE = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';

describe('rspamd', () => {
  it('[MAIL-1] refuses, marks as junk and passes as rspamd says, with the score in the header', async () => {
    await use({ rspamd: true });
    expect(await send(GTUBE)).toMatch(/^550 5\.7\.1 .*Gtube/i);
    expect(await send('COMELATER')).toMatch(/^451 4\.7\.1 Come back later/);
    expect(await send('Cheap WATCHES')).toMatch(/^250/);
    expect(await newest('junk')).toMatch(/\r\nX-Spam-Score: \S+ \/ 15\.00\r\n/);
    expect(await send('An honest letter about the timetable.')).toMatch(/^250/);
    expect(await newest('inbox')).toContain('An honest letter');
  });

  it('[MAIL-1] when it is away mail is accepted or put off, as set', async () => {
    await use({ rspamd: true, rspamdUrl: 'http://127.0.0.1:1', whenAway: 'defer' });
    expect(await send('hello')).toMatch(/^451 4\.7\.1/);
    await use({ rspamd: true, rspamdUrl: 'http://127.0.0.1:1', whenAway: 'accept' });
    expect(await send('hello')).toMatch(/^250/);
  });
});

describe('ClamAV', () => {
  it('[MAIL-1] refuses a virus, in a large message too, and passes what is clean', async () => {
    await use({ clamav: true });
    expect(await send(VIRUS)).toMatch(/^550 5\.7\.1 .*Hongyan\.Test/);
    expect(await send(`${`${'x'.repeat(76)}\r\n`.repeat(3_000)}${VIRUS}`)).toMatch(/^550 5\.7\.1/);
    expect(await send('clean')).toMatch(/^250/);
  });

  it('[MAIL-1] also refuses what our own people send', async () => {
    const talker = await Talker.open(fixture.ports.submissions, true);
    await talker.reply();
    await talker.say('EHLO me');
    await talker.say(`AUTH PLAIN ${Buffer.from('\0zhangwei\0secret one').toString('base64')}`);
    await talker.say('MAIL FROM:<zhangwei@beichen.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    expect(await talker.say(`From: zhangwei@beichen.test\r\n\r\n${VIRUS}\r\n.`)).toMatch(/^550 5\.7\.1/);
    talker.end();
  });

  it('[MAIL-1] what is larger than clamd takes passes with a warning; when it is away, as set', async () => {
    await use({ clamav: true });
    expect(await send(`${'y'.repeat(76)}\r\n`.repeat(20_000))).toMatch(/^250/);
    await use({ clamav: true, clamavAddress: '127.0.0.1:1', whenAway: 'defer' });
    expect(await send('hello')).toMatch(/^451 4\.7\.1/);
    await use({ clamav: true, clamavAddress: join(folder, 'nothing'), whenAway: 'accept' });
    expect(await send('hello')).toMatch(/^250/);
  });
});
