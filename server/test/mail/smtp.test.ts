import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/mail/index.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

const run = promisify(execFile);
let fixture: MailFixture;
beforeAll(async () => {
  fixture = await mailFixture({ maxBytes: 2_000_000 });
});
afterAll(() => fixture.close());

const own = (accountId: number): Scope => ({ accountId, readerId: accountId });

async function newest(accountId: number): Promise<string> {
  const {
    mail,
    database: { db },
  } = fixture;
  const inbox = await mail.store.mailboxByRole(db, own(accountId), 'inbox');
  const entries = inbox ? await mail.store.entries(db, own(accountId), inbox.id) : [];
  const message = await mail.store.open(db, accountId, entries.at(-1)?.messageId ?? 0);
  return (await message?.bytes())?.toString() ?? '';
}

async function count(accountId: number): Promise<number> {
  const inbox = await fixture.mail.store.mailboxByRole(fixture.database.db, own(accountId), 'inbox');
  return inbox?.total ?? 0;
}

async function greet(port: number): Promise<Talker> {
  const talker = await Talker.open(port);
  await talker.reply();
  await talker.say('EHLO client.test');
  return talker;
}

describe('SMTP: mail from other servers', () => {
  it('[MAIL-1] takes a message from swaks and shows it with its trace fields', async () => {
    const { stdout } = await run('swaks', [
      '--server',
      `127.0.0.1:${fixture.ports.smtp}`,
      '--from',
      'a@example.test',
      '--to',
      'zhangwei@beichen.test',
      '--header',
      'Subject: hello',
      '--body',
      'line one\n.starts with a dot',
    ]);
    const ref = /queued as (\w+)/.exec(stdout)?.[1] ?? '';
    const text = await newest(1);
    expect(text).toMatch(
      /^Return-Path: <a@example\.test>\r\nDelivered-To: zhangwei@beichen\.test\r\nAuthentication-Results: mail\.beichen\.test;\r\n(?:[\t ].*\r\n)+Received: from /,
    );
    expect(text).toContain(`id ${ref}`);
    expect(text).toContain('\r\n.starts with a dot\r\n');
    const trace = await fixture.mail.trace(fixture.database.db, ref);
    expect(trace).toMatchObject({
      origin: 'mx',
      sender: 'a@example.test',
      subject: 'hello',
      recipients: [{ address: 'zhangwei@beichen.test', state: 'delivered' }],
    });
  });

  it('[MAIL-1] answers 550 for an unknown recipient, 550 5.2.1 for a disabled one, 452 for a full one, 550 5.7.1 for a foreign one', async () => {
    const talker = await greet(fixture.ports.smtp);
    await talker.say('MAIL FROM:<a@example.test>');
    expect(await talker.say('RCPT TO:<nobody@beichen.test>')).toMatch(/^550 5\.1\.1/);
    expect(await talker.say('RCPT TO:<gone@beichen.test>')).toMatch(/^550 5\.2\.1/);
    expect(await talker.say('RCPT TO:<full@beichen.test>')).toMatch(/^452 4\.2\.2/);
    expect(await talker.say('RCPT TO:<x@elsewhere.test>')).toMatch(/^550 5\.7\.1/);
    expect(await talker.say('RCPT TO:<postmaster>')).toMatch(/^250 2\.1\.5/);
    expect(await talker.say('RCPT TO:<zhang.wei@beichen.test>')).toMatch(/^250/);
    expect(await talker.say('AUTH PLAIN AAAA')).toMatch(/^503/);
    talker.end();
  });

  it('[MAIL-1] takes chunks and pipelined commands, and keeps 8-bit bytes as they came', async () => {
    const talker = await greet(fixture.ports.smtp);
    const first = Buffer.from('Subject: chunk\r\n\r\n你好 \xff\x00', 'latin1');
    talker.write('MAIL FROM:<> BODY=8BITMIME\r\nRCPT TO:<liuyang@beichen.test> NOTIFY=NEVER\r\n');
    talker.write(
      Buffer.concat([Buffer.from(`BDAT ${first.length}\r\n`), first, Buffer.from('BDAT 6 LAST\r\n.\r\nend')]),
    );
    for (const wanted of [
      /^250 2\.1\.0/,
      /^250 2\.1\.5/,
      /^250 2\.0\.0 \d+ octets/,
      /^250 2\.0\.0 OK queued/,
    ])
      expect(await talker.reply()).toMatch(wanted);
    expect(await newest(2)).toMatch(/^Return-Path: <>\r\n/);
    expect((await newest(2)).endsWith('.\r\nend')).toBe(true);
    talker.end();
  });

  it('refuses smuggled line ends, over-long lines, wrong order and too large messages', async () => {
    const talker = await greet(fixture.ports.smtp);
    expect(await talker.say('RCPT TO:<liuyang@beichen.test>')).toMatch(/^503/);
    expect(await talker.say('DATA')).toMatch(/^503/);
    expect(await talker.say(`NOOP ${'x'.repeat(10_000)}`)).toMatch(/^500 5\.5\.6/);
    expect(await talker.say('MAIL FROM:<a@example.test> SIZE=99999999')).toMatch(/^552 5\.3\.4/);
    const before = await count(2);
    await talker.say('MAIL FROM:<a@example.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    talker.write('Subject: x\r\n\r\nbody\n.\nMAIL FROM:<evil@example.test>\r\n.\r\n');
    expect(await talker.reply()).toMatch(/^550 5\.6\.0/);
    await talker.say('MAIL FROM:<a@example.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    talker.write(`${'y'.repeat(76)}\r\n`.repeat(30_000));
    expect(await talker.say('.')).toMatch(/^552 5\.3\.4/);
    expect(await count(2)).toBe(before);
    talker.write('NOOP\nQUIT\r\n');
    expect(await talker.reply()).toMatch(/^500 5\.5\.2/);
    expect(await talker.reply()).toBe('');
  });

  it('throws away what was pipelined behind STARTTLS', async () => {
    const talker = await greet(fixture.ports.smtp);
    talker.write('STARTTLS\r\nMAIL FROM:<injected@example.test>\r\n');
    expect(await talker.reply()).toMatch(/^220/);
    await talker.startTls();
    expect(await talker.say('RCPT TO:<liuyang@beichen.test>')).toMatch(/^503/);
    expect(await talker.say('EHLO again.test')).not.toContain('STARTTLS');
    talker.end();
  });

  it('refuses a message that has travelled in circles', async () => {
    const talker = await greet(fixture.ports.smtp);
    await talker.say('MAIL FROM:<a@example.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    talker.write('Received: from a by b\r\n'.repeat(60));
    expect(await talker.say('\r\nx\r\n.')).toMatch(/^554 5\.4\.6/);
    talker.end();
  });

  it('[MAIL-1] stores everything that 20 connections bring at once, with unique UIDs in an unbroken row', async () => {
    const before = await count(100);
    await Promise.all(
      Array.from({ length: 20 }, async (_, connection) => {
        const talker = await greet(fixture.ports.smtp);
        for (let index = 0; index < 5; index++) {
          await talker.say('MAIL FROM:<a@example.test>');
          await talker.say('RCPT TO:<u0@beichen.test>');
          await talker.say('DATA');
          talker.write(`Subject: ${connection}-${index}\r\n\r\nx\r\n`);
          expect(await talker.say('.')).toMatch(/^250/);
        }
        talker.end();
      }),
    );
    const inbox = await fixture.mail.store.mailboxByRole(fixture.database.db, own(100), 'inbox');
    const selected = await fixture.mail.store.select(fixture.database.db, own(100), inbox?.id ?? 0);
    expect(selected?.uids).toEqual(Array.from({ length: before + 100 }, (_, index) => index + 1));
  });

  it('[MAIL-1] keeps one body for a hundred recipients of one message', async () => {
    const { pool } = fixture.database;
    const before = await pool.query('select count(*)::int as n from mail.body');
    const talker = await greet(fixture.ports.smtp);
    await talker.say('MAIL FROM:<a@example.test>');
    for (let index = 0; index < 100; index++) await talker.say(`RCPT TO:<u${index}@beichen.test>`);
    await talker.say('DATA');
    expect(await talker.say(`Subject: all\r\n\r\n${'z'.repeat(900)}\r\n.`)).toMatch(/^250/);
    const after = await pool.query('select count(*)::int as n from mail.body');
    expect(after.rows[0].n - before.rows[0].n).toBe(1);
    expect(await newest(199)).toContain('Delivered-To: u99@beichen.test');
    talker.end();
  });
});

describe('SMTP: submission', () => {
  const plain = (name: string, password: string) => Buffer.from(`\0${name}\0${password}`).toString('base64');

  it('[MAIL-1] takes mail from Python over STARTTLS, adds Date and Message-ID, hides Bcc', async () => {
    const script = `
import smtplib, ssl
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
s = smtplib.SMTP('127.0.0.1', ${fixture.ports.submission}); s.starttls(context=c); s.login('zhangwei', 'secret one')
s.sendmail('zhang.wei@beichen.test', ['liuyang@beichen.test', 'x@elsewhere.test'], 'From: zhang.wei@beichen.test\\r\\nTo: liuyang@beichen.test\\r\\nBcc: x@elsewhere.test,\\r\\n y@elsewhere.test\\r\\nSubject: hi\\r\\n\\r\\nbody\\r\\n')
s.quit()
s = smtplib.SMTP_SSL('127.0.0.1', ${fixture.ports.submissions}, context=c); s.login('zhangwei@beichen.test', 'secret one'); print(s.noop()[0])
`;
    const { stdout } = await run('python3', ['-c', script]);
    expect(stdout.trim()).toBe('250');
    const text = await newest(2);
    expect(text).not.toMatch(/bcc|elsewhere/i);
    expect(text).toMatch(/\r\nDate: .*\r\nMessage-ID: <[0-9a-f]{32}@beichen\.test>\r\n\r\nbody/);
    expect(text).toContain('with ESMTPSA');
    await fixture.mail.queue.drain();
    const outbox = join(fixture.folder, 'outbox/mail');
    const envelopes = readdirSync(outbox)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(outbox, name), 'utf8')));
    expect(envelopes).toEqual([
      expect.objectContaining({ from: 'zhang.wei@beichen.test', to: ['x@elsewhere.test'] }),
    ]);
  });

  it('lets nobody send without signing in, nor as somebody else, but as the unit that one serves', async () => {
    const talker = await greet(fixture.ports.submission);
    expect(await talker.say('MAIL FROM:<zhangwei@beichen.test>')).toMatch(/^530 5\.7\.0/);
    expect(await talker.say(`AUTH PLAIN ${plain('zhangwei', 'wrong')}`)).toMatch(/^535/);
    expect(await talker.say('AUTH LOGIN')).toBe('334 VXNlcm5hbWU6');
    expect(await talker.say(Buffer.from('zhangwei').toString('base64'))).toBe('334 UGFzc3dvcmQ6');
    expect(await talker.say(Buffer.from('secret one').toString('base64'))).toMatch(/^235/);
    expect(await talker.say('MAIL FROM:<liuyang@beichen.test>')).toMatch(/^550 5\.7\.1/);
    await talker.say('MAIL FROM:<xinxi@beichen.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    expect(await talker.say('From: liuyang@beichen.test\r\nSubject: x\r\n\r\nx\r\n.')).toMatch(
      /^550 5\.7\.1/,
    );
    await talker.say('MAIL FROM:<xinxi@beichen.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    expect(await talker.say('From: xinxi@beichen.test\r\nSubject: x\r\n\r\nx\r\n.')).toMatch(/^250/);
    fixture.auth.revoke(1);
    expect(await talker.say('NOOP')).toMatch(/^250/);
    expect(await talker.reply()).toMatch(/^421/);
  });

  it('curl sends through the TLS port', async () => {
    const before = await count(1);
    await run('bash', [
      '-c',
      `printf 'From: liuyang@beichen.test\\r\\nSubject: curl\\r\\n\\r\\nhi\\r\\n' | curl -sk --url smtps://127.0.0.1:${fixture.ports.submissions} --mail-from liuyang@beichen.test --mail-rcpt zhangwei@beichen.test --user 'liuyang:secret two' -T -`,
    ]);
    expect(await count(1)).toBe(before + 1);
  });
});
