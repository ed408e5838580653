import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

let dns: FakeDns;
let fixture: MailFixture;
let unix: MailFixture;
const folder = mkdtempSync(join(tmpdir(), 'hongyan-lmtp-'));
const socket = join(folder, 'lmtp.sock');
beforeAll(async () => {
  dns = await fakeDns({ 'good.test': [{ type: 'TXT', text: 'v=spf1 ip4:192.0.2.1 -all' }] });
  fixture = await mailFixture({ dns: dns.address, lmtp: '127.0.0.1:0' });
  // A socket file that a killed process has left behind.
  await promisify(execFile)('python3', [
    '-c',
    `import socket; socket.socket(socket.AF_UNIX).bind('${socket}')`,
  ]);
  unix = await mailFixture({ lmtp: socket });
});
afterAll(async () => {
  await fixture.close();
  await unix.close();
  await dns.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(): Promise<Talker> {
  const talker = await Talker.open(fixture.ports.lmtp);
  expect(await talker.reply()).toMatch(/^220 .*LMTP/);
  return talker;
}

describe('LMTP from a mail server in front', () => {
  it('[MAIL-1] greets with LHLO, answers once for each accepted recipient, and relays for nobody', async () => {
    const talker = await open();
    expect(await talker.say('EHLO postfix.test')).toMatch(/^500/);
    const capabilities = await talker.say('LHLO postfix.test');
    for (const word of ['PIPELINING', 'ENHANCEDSTATUSCODES', '8BITMIME', 'SMTPUTF8', 'CHUNKING'])
      expect(capabilities).toContain(word);
    await talker.say('MAIL FROM:<a@good.test>');
    expect(await talker.say('RCPT TO:<liuyang@beichen.test>')).toMatch(/^250/);
    expect(await talker.say('RCPT TO:<nobody@beichen.test>')).toMatch(/^550 5\.1\.1/);
    expect(await talker.say('RCPT TO:<u1@beichen.test>')).toMatch(/^250/);
    expect(await talker.say('RCPT TO:<x@elsewhere.test>')).toMatch(/^550 5\.7\.1/);
    await talker.say('DATA');
    expect(await talker.say('Subject: x\r\n\r\nx\r\n.')).toMatch(/^250 2\.0\.0 liuyang@beichen\.test/);
    expect(await talker.reply()).toMatch(/^250 2\.0\.0 u1@beichen\.test/);
    expect(await talker.say('NOOP')).toMatch(/^250/);
    talker.end();
  });

  it('[MAIL-1] a message refused as a whole is refused once for each recipient', async () => {
    const talker = await open();
    await talker.say('LHLO postfix.test');
    await talker.say('MAIL FROM:<a@good.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('RCPT TO:<u1@beichen.test>');
    await talker.say('DATA');
    talker.write('Received: from a by b\r\n'.repeat(60));
    expect(await talker.say('\r\nx\r\n.')).toMatch(/^554/);
    expect(await talker.reply()).toMatch(/^554/);
    await talker.say('MAIL FROM:<a@good.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('RCPT TO:<u1@beichen.test>');
    await talker.say('DATA');
    expect(await talker.say('Subject: x\n\r\n.')).toMatch(/^550 5\.6\.0/);
    expect(await talker.reply()).toMatch(/^550 5\.6\.0/);
    expect(await talker.say('NOOP')).toMatch(/^250 2\.0\.0 OK$/);
    talker.end();
  });

  it('[MAIL-1] SPF is judged by the client that the server in front names', async () => {
    const talker = await open();
    await talker.say('LHLO postfix.test');
    await talker.say('MAIL FROM:<a@good.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    const received =
      'Received: from mail.good.test (mail.good.test [192.0.2.1])\r\n\tby postfix.test (Postfix) with ESMTPS id 1;\r\n\tMon, 23 Nov 2026 10:00:00 +0800 (CST)\r\n';
    expect(await talker.say(`${received}From: a@good.test\r\n\r\nthrough\r\n.`)).toMatch(/^250/);
    talker.end();
    const scope = { accountId: 2, readerId: 2 };
    const { store } = fixture.mail;
    const inbox = await store.mailboxByRole(fixture.database.db, scope, 'inbox');
    const entries = await store.entries(fixture.database.db, scope, inbox?.id ?? 0);
    const text = (
      await (await store.open(fixture.database.db, 2, entries.at(-1)?.messageId ?? 0))?.bytes()
    )?.toString();
    expect(text).toMatch(/Authentication-Results: mail\.beichen\.test;\s+spf=pass/);
    expect(text).toContain('with LMTP id');
  });

  it('[MAIL-1] over a Unix socket, also where a killed process has left its file', async () => {
    const script = `
import smtplib, sys
s = smtplib.LMTP('${socket}')
print(s.sendmail('a@example.test', ['liuyang@beichen.test', 'nobody@beichen.test'], 'Subject: unix\\r\\n\\r\\nx\\r\\n'))
`;
    const { stdout } = await promisify(execFile)('python3', ['-c', script]);
    expect(stdout).toMatch(/nobody@beichen\.test.*550/);
    const scope = { accountId: 2, readerId: 2 };
    expect((await unix.mail.store.mailboxByRole(unix.database.db, scope, 'inbox'))?.total).toBe(1);
  });
});
