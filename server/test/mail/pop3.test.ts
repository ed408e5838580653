import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../../src/kit/db/index.ts';
import { body, letter } from './fixtures.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

const run = promisify(execFile);
let fixture: MailFixture;
beforeAll(async () => {
  fixture = await mailFixture();
});
afterAll(() => fixture.close());

async function put(accountId: number, text: string): Promise<void> {
  const { mail, database, clock } = fixture;
  const stored = await body(mail.store, text);
  await transaction(database.db, (tx) =>
    mail.store.deliver(tx, [
      {
        accountId,
        shared: false,
        body: stored,
        prefix: Buffer.from('Delivered-To: me\r\n'),
        receivedAt: clock.now(),
        recipientId: undefined,
      },
    ]),
  );
}

async function signIn(name = 'zhangwei', password = 'secret one'): Promise<Talker> {
  const talker = await Talker.open(fixture.ports.pop3);
  await talker.reply();
  await talker.say(`USER ${name}`);
  expect(await talker.say(`PASS ${password}`)).toMatch(/^\+OK/);
  return talker;
}

describe('POP3', () => {
  it('[MAIL-4] gives messages, tops and unchanging ids, and deletes at QUIT only', async () => {
    await put(1, letter({ subject: 'one', text: '.dot\n..dots\nlast' }));
    await put(1, letter({ subject: 'two', text: 'second' }));
    const talker = await signIn();
    const stat = await talker.say('STAT');
    const [, total] = /^\+OK 2 (\d+)/.exec(stat) ?? [];
    talker.write('LIST\r\n');
    const sizes = [...(await talker.until('\r\n.\r\n')).matchAll(/^\d (\d+)\r$/gm)].map((match) =>
      Number(match[1]),
    );
    expect(sizes[0] === undefined || sizes[1] === undefined ? 0 : sizes[0] + sizes[1]).toBe(Number(total));
    talker.write('RETR 1\r\n');
    const text = (await talker.until('\r\n.\r\n')).replace(/^[^\n]*\n/, '').replace(/\.\r\n$/, '');
    expect(text).toContain('\r\n..dot\r\n...dots\r\n');
    expect(Buffer.byteLength(text.replace(/^\.\./gm, '.'))).toBe(sizes[0]);
    talker.write('TOP 1 1\r\n');
    expect(await talker.until('\r\n.\r\n')).toMatch(/\r\n\r\n\.\.dot\r\n\.\r\n$/);
    talker.write('TOP 1 0\r\n');
    expect(await talker.until('\r\n.\r\n')).toMatch(/utf-8\r\n\r\n\.\r\n$/);
    const id = await talker.say('UIDL 2');
    expect(await talker.say('DELE 1')).toMatch(/^\+OK/);
    expect(await talker.say('RETR 1')).toMatch(/^-ERR/);
    talker.end();
    const second = await signIn();
    expect(await second.say('STAT')).toMatch(/^\+OK 2 /);
    expect(await second.say('UIDL 2')).toBe(id);
    await second.say('DELE 1');
    await second.say('RSET');
    await second.say('DELE 2');
    expect(await second.say('QUIT')).toMatch(/^\+OK/);
    const third = await signIn();
    expect(await third.say('STAT')).toMatch(/^\+OK 1 /);
    expect(await third.say('UIDL 2')).toMatch(/^-ERR/);
    third.end();
  });

  it('[MAIL-4] lists what it can, answers with codes, and lets nobody in with a wrong password', async () => {
    const talker = await Talker.open(fixture.ports.pop3);
    await talker.reply();
    talker.write('CAPA\r\n');
    expect(await talker.until('\r\n.\r\n')).toMatch(/TOP\r\nUIDL\r\nRESP-CODES[\s\S]*STLS/);
    expect(await talker.say('STAT')).toMatch(/^-ERR/);
    talker.write('STLS\r\nUSER zhangwei\r\n');
    expect(await talker.reply()).toMatch(/^\+OK/);
    await talker.startTls();
    expect(await talker.say('PASS secret one')).toMatch(/^-ERR USER/);
    for (let attempt = 0; attempt < 3; attempt++) {
      await talker.say('USER zhangwei');
      expect(await talker.say('PASS wrong')).toMatch(/^-ERR \[AUTH\]/);
    }
    expect(await talker.reply()).toBe('');
    const plain = await Talker.open(fixture.ports.pop3s, true);
    await plain.reply();
    expect(await plain.say(`AUTH PLAIN ${Buffer.from('\0liuyang\0secret two').toString('base64')}`)).toMatch(
      /^\+OK/,
    );
    fixture.auth.revoke(2);
    expect(await plain.reply()).toBe('');
  });

  it('[MAIL-4] Python, curl and fetchmail get their mail, and what was read counts as seen', async () => {
    await put(2, letter({ subject: 'for clients', text: 'x\n'.repeat(50_000) }));
    const { stdout } = await run('python3', [
      '-c',
      `
import poplib, ssl
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
p = poplib.POP3('127.0.0.1', ${fixture.ports.pop3}); p.stls(context=c); p.user('liuyang'); p.pass_('secret two')
_, lines, octets = p.retr(1); print(len(lines), octets == p.list(1) or octets); p.quit()
`,
    ]);
    expect(Number(stdout.split(' ')[0])).toBeGreaterThan(50_000);
    const curl = await run(
      'curl',
      ['-sk', '--user', 'liuyang:secret two', `pop3s://127.0.0.1:${fixture.ports.pop3s}/1`],
      { maxBuffer: 1e8 },
    );
    expect(curl.stdout).toContain('Subject: for clients');
    const rc = join(fixture.folder, 'fetchmailrc');
    writeFileSync(
      rc,
      `poll 127.0.0.1 service ${fixture.ports.pop3} proto POP3 uidl user "liuyang" pass "secret two" keep sslproto '' mda "cat > ${fixture.folder}/fetched"\n`,
      { mode: 0o600 },
    );
    await run(
      'fetchmail',
      ['-f', rc, '--idfile', join(fixture.folder, 'ids'), '--pidfile', join(fixture.folder, 'pid'), '--all'],
      { env: { ...process.env, HOME: fixture.folder, FETCHMAILHOME: fixture.folder } },
    );
    expect(readFileSync(join(fixture.folder, 'fetched'), 'utf8')).toContain('Subject: for clients');
    const inbox = await fixture.mail.store.mailboxByRole(
      fixture.database.db,
      { accountId: 2, readerId: 2 },
      'inbox',
    );
    expect(inbox?.unseen).toBe(0);
  });

  it('[MAIL-3] two sessions at once work on a snapshot each, and deleting twice is no error', async () => {
    for (const subject of ['a', 'b', 'c']) await put(100, letter({ subject, text: subject }));
    const open = async () => {
      const talker = await Talker.open(fixture.ports.pop3);
      await talker.reply();
      talker.write('USER u0\r\nPASS x\r\n');
      await talker.reply();
      expect(await talker.reply()).toMatch(/^\+OK/);
      return talker;
    };
    const [first, second] = [await open(), await open()];
    await first.say('DELE 2');
    expect(await second.say('LIST 2')).toMatch(/^\+OK/);
    expect(await first.say('QUIT')).toMatch(/^\+OK/);
    second.write('RETR 2\r\n');
    expect(await second.until('\r\n.\r\n')).toContain('Subject: b');
    second.write('UIDL\r\nNOOP\r\nDELE 1\r\nDELE 2\r\nQUIT\r\n');
    expect(await second.until('+OK Bye\r\n')).toMatch(/\.\r\n\+OK\r\n\+OK[^\n]*\n\+OK/);
    const third = await open();
    expect(await third.say('STAT')).toMatch(/^\+OK 1 /);
    third.end();
  });

  it('[MAIL-3] opens a unit mailbox for its members, by authorization identity and by name', async () => {
    await put(5, letter({ subject: 'to the unit', text: 'x' }));
    const plain = (text: string) => `AUTH PLAIN ${Buffer.from(text).toString('base64')}`;
    const talker = await Talker.open(fixture.ports.pop3s, true);
    await talker.reply();
    expect(await talker.say(plain('xinxi@beichen.test\0liuyang\0secret two'))).toMatch(/^-ERR \[AUTH\]/);
    expect(await talker.say(plain('xinxi@beichen.test\0zhangwei\0secret one'))).toMatch(/^\+OK Welcome, 1 /);
    talker.end();
    const other = await Talker.open(fixture.ports.pop3);
    await other.reply();
    await other.say('USER xinxi@beichen.test*zhangwei');
    expect(await other.say('PASS secret one')).toMatch(/^\+OK Welcome, 1 /);
    other.write('CAPA\r\n');
    expect(await other.until('\r\n.\r\n')).toMatch(/UTF8 USER\r\nLANG\r\nEXPIRE NEVER\r\n/);
    expect(await other.say('LANG en')).toMatch(/^\+OK/);
    expect(await other.say('LANG tlh')).toMatch(/^-ERR/);
    other.write('LANG\r\n');
    expect(await other.until('\r\n.\r\n')).toContain('en English');
    other.end();
  });

  it('[SEC-1] noise on the wire never takes the server down', async () => {
    const noise = fc.array(
      fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.constantFrom(
          'USER x',
          'PASS',
          'AUTH PLAIN',
          'AUTH LOGIN',
          'RETR 1',
          'TOP 0 -1',
          'LIST 99999999999',
          '*',
          'CAPA',
          'UIDL x',
          'DELE 0',
        ),
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(noise, async (lines) => {
        const talker = await Talker.open(fixture.ports.pop3);
        await talker.reply();
        talker.write(`${lines.join('\r\n')}\r\n`);
        talker.end();
      }),
      { numRuns: 40 },
    );
    const talker = await signIn();
    expect(await talker.say('NOOP')).toMatch(/^\+OK/);
    talker.end();
  });
});
