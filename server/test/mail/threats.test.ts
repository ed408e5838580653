import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

let fixture: MailFixture;
beforeAll(async () => {
  fixture = await mailFixture({ maxBytes: 2_000_000 });
});
afterAll(() => fixture.close());

async function greet(): Promise<Talker> {
  const talker = await Talker.open(fixture.ports.smtp);
  await talker.reply();
  await talker.say('EHLO client.test');
  return talker;
}

async function begin(): Promise<Talker> {
  const talker = await greet();
  await talker.say('MAIL FROM:<a@example.test>');
  await talker.say('RCPT TO:<liuyang@beichen.test>');
  await talker.say('DATA');
  return talker;
}

const scope = { accountId: 2, readerId: 2 };
async function stored(): Promise<number> {
  const inbox = await fixture.mail.store.mailboxByRole(fixture.database.db, scope, 'inbox');
  return inbox?.total ?? 0;
}

describe('threat: SMTP smuggling', () => {
  for (const end of [
    '\n.\n',
    '\r.\r\n',
    '\n.\r\n',
    '\r\n.\n',
    '\r\n.\r',
    '\r.\r',
    '\r\n\0.\r\n',
    '\r\n.\0\r\n',
  ]) {
    it(`[MAIL-1] ${JSON.stringify(end)} ends nothing: no second message comes out`, async () => {
      const before = await stored();
      const talker = await begin();
      talker.write(
        `Subject: outer\r\n\r\nbody${end}MAIL FROM:<evil@example.test>\r\nRCPT TO:<liuyang@beichen.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n`,
      );
      const reply = await talker.reply();
      // With NUL it is one odd message; with bare ends it is refused.
      expect(reply).toMatch(end.includes('\0') ? /^(250|550)/ : /^550 5\.6\.0/);
      expect(await talker.say('NOOP')).toMatch(/^250 2\.0\.0/);
      talker.end();
      expect(await stored()).toBeLessThanOrEqual(before + (end.includes('\0') ? 1 : 0));
    });
  }
});

describe('threat: command injection', () => {
  it('[MAIL-1] what is pipelined behind STARTTLS in the clear is never carried out', async () => {
    const before = await stored();
    const talker = await greet();
    talker.write(
      'STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@example.test>\r\nRCPT TO:<liuyang@beichen.test>\r\nDATA\r\nSubject: injected\r\n\r\nx\r\n.\r\n',
    );
    expect(await talker.reply()).toMatch(/^220/);
    await talker.startTls();
    expect(await talker.say('MAIL FROM:<a@example.test>')).toMatch(/^503/);
    expect(await talker.say('EHLO client.test')).toMatch(/^250/);
    talker.end();
    expect(await stored()).toBe(before);
  });

  it('a bare LF or CR inside a command line ends the connection', async () => {
    for (const line of ['NOOP\nMAIL FROM:<x@example.test>\r\n', 'NOOP\rQUIT\r\n']) {
      const talker = await greet();
      talker.write(line);
      expect(await talker.reply()).toMatch(/^500 5\.5\.2/);
      expect(await talker.reply()).toBe('');
    }
  });

  it('an address cannot carry a line end or a control character into a reply or the trace', async () => {
    const talker = await greet();
    for (const address of ['<a\x00@example.test>', '<a\tb@example.test>', '<"a\rb"@example.test>'])
      expect(
        await Talker.open(fixture.ports.smtp).then(async (other) => {
          await other.reply();
          await other.say('EHLO x.test');
          const reply = await other.say(`MAIL FROM:${address}`);
          other.end();
          return reply;
        }),
      ).toMatch(/^50[01]/);
    talker.end();
  });
});

describe('threat: too much of something', () => {
  it('over-long command lines are answered 500 and cost no memory', async () => {
    const talker = await greet();
    expect(await talker.say(`MAIL FROM:<${'a'.repeat(5_000)}@example.test>`)).toMatch(/^500 5\.5\.6/);
    talker.write('X'.repeat(3_000_000));
    expect(await talker.say('')).toMatch(/^500 5\.5\.6/);
    expect(await talker.say('NOOP')).toMatch(/^250/);
    talker.end();
  });

  it('a header without end is refused with 552, lines of any length in a body are not', async () => {
    const talker = await begin();
    talker.write(`X-Long: ${'y'.repeat(700_000)}\r\n`);
    expect(await talker.say('\r\nbody\r\n.')).toMatch(/^552 5\.3\.4/);
    talker.end();
    const other = await begin();
    expect(await other.say(`Subject: x\r\n\r\n${'z'.repeat(900_000)}\r\n.`)).toMatch(/^250/);
    other.end();
  });

  it('ten thousand fields or nested parts neither crash nor stall', async () => {
    const before = await stored();
    const fields = await begin();
    expect(await fields.say(`${'X: y\r\n'.repeat(10_000)}\r\nbody\r\n.`)).toMatch(/^250/);
    fields.end();
    const parts = await begin();
    const flat = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(10_000);
    expect(await parts.say(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${flat}--b--\r\n.`)).toMatch(
      /^250/,
    );
    parts.end();
    const deep = await begin();
    const nest = Array.from(
      { length: 2_000 },
      (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
    ).join('');
    expect(await deep.say(`${nest}\r\nx\r\n.`)).toMatch(/^250/);
    deep.end();
    expect(await stored()).toBe(before + 3);
  });

  it('mail in a loop is refused with 554 5.4.6', async () => {
    const talker = await begin();
    talker.write('Received: from a by b\r\n'.repeat(51));
    expect(await talker.say('\r\nx\r\n.')).toMatch(/^554 5\.4\.6/);
    talker.end();
  });

  it('one who only makes mistakes is sent away', async () => {
    const talker = await greet();
    let last = '';
    for (let index = 0; index < 30 && !talker.closed; index++) last = (await talker.say('NONSENSE')) || last;
    expect(last).toMatch(/^421 4\.7\.0/);
  });

  it('a client that vanishes in the middle of its message leaves nothing', async () => {
    const before = await stored();
    const socket = connect(fixture.ports.smtp, '127.0.0.1');
    socket.write(
      'EHLO x\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<liuyang@beichen.test>\r\nDATA\r\nSubject: half\r\n',
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    const talker = await greet();
    await talker.say('NOOP');
    talker.end();
    expect(await stored()).toBe(before);
  });
});

describe('extensions', () => {
  it('[MAIL-1] BINARYMIME goes with BDAT and comes back byte for byte; DATA is refused', async () => {
    const talker = await greet();
    await talker.say('MAIL FROM:<a@example.test> BODY=BINARYMIME');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    expect(await talker.say('DATA')).toMatch(/^503/);
    const body = Buffer.from('Subject: bin\r\n\r\na\nb\rc\0d\xff', 'latin1');
    talker.write(Buffer.concat([Buffer.from(`BDAT ${body.length} LAST\r\n`), body]));
    expect(await talker.reply()).toMatch(/^250/);
    talker.end();
    const { store } = fixture.mail;
    const inbox = await store.mailboxByRole(fixture.database.db, scope, 'inbox');
    const entries = await store.entries(fixture.database.db, scope, inbox?.id ?? 0);
    const message = await store.open(fixture.database.db, 2, entries.at(-1)?.messageId ?? 0);
    expect((await message?.bytes())?.toString('latin1').endsWith('a\nb\rc\0d\xff')).toBe(true);
  });

  it('[MAIL-2] FUTURERELEASE holds a submitted message until its time, and keeps its five days after that', async () => {
    const talker = await Talker.open(fixture.ports.submissions, true);
    await talker.reply();
    expect(await talker.say('EHLO me')).toMatch(/FUTURERELEASE 2592000 \d{4}-\d\d-\d\dT/);
    await talker.say(`AUTH PLAIN ${Buffer.from('\0zhangwei\0secret one').toString('base64')}`);
    const from = 'MAIL FROM:<zhangwei@beichen.test>';
    expect(await talker.say(`${from} HOLDFOR=0`)).toMatch(/^501/);
    expect(await talker.say(`${from} HOLDFOR=99999999`)).toMatch(/^501/);
    expect(await talker.say(`${from} HOLDUNTIL=tomorrow`)).toMatch(/^501/);
    expect(await talker.say(`${from} HOLDFOR=60 HOLDUNTIL=2030-01-01T00:00:00Z`)).toMatch(/^501/);
    expect(await talker.say(`${from} HOLDFOR=864000`)).toMatch(/^250/);
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    const before = await stored();
    expect(await talker.say('From: zhangwei@beichen.test\r\n\r\nlater\r\n.')).toMatch(/^250/);
    talker.end();
    await fixture.mail.queue.drain();
    expect(await stored()).toBe(before);
    fixture.clock.travel(863_000_000);
    await fixture.mail.queue.drain();
    expect(await stored()).toBe(before);
    fixture.clock.travel(2_000_000);
    await fixture.mail.queue.drain();
    expect(await stored()).toBe(before + 1);
    const stranger = await greet();
    expect(await stranger.say('MAIL FROM:<a@example.test> HOLDFOR=60')).toMatch(/^555/);
    stranger.end();
  });

  it('[MAIL-1] a whole pipelined transaction is answered in order, wrong recipients among right ones', async () => {
    const talker = await Talker.open(fixture.ports.smtp);
    await talker.reply();
    await talker.say('EHLO client.test');
    talker.write(
      'MAIL FROM:<a@example.test> RET=HDRS ENVID=QQ314159\r\nRCPT TO:<nobody@beichen.test>\r\nRCPT TO:<liuyang@beichen.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;liuyang@beichen.test\r\nRCPT TO:<u1@beichen.test> NOTIFY=NEVER,SUCCESS\r\nDATA\r\n',
    );
    const codes: string[] = [];
    for (let index = 0; index < 5; index++) codes.push((await talker.reply()).slice(0, 3));
    expect(codes).toEqual(['250', '550', '250', '501', '354']);
    talker.write('Subject: p\r\n\r\nx\r\n.\r\nQUIT\r\n');
    expect(await talker.reply()).toMatch(/^250/);
    expect(await talker.reply()).toMatch(/^221/);
  });
});
