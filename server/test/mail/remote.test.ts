import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transaction } from '../../src/kit/db/index.ts';
import { makeDue } from '../../src/mail/queue/console.store.ts';
import { createEnqueue, DESTINATION_CHANGED } from '../../src/mail/queue/index.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';
import { type Script, type ScriptedExchanger, scriptedExchanger } from './exchanger.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';

let fixture: MailFixture;
let dns: FakeDns;
/** On 127.0.0.1 and 127.0.0.2, the same port. */
let one: ScriptedExchanger;
let two: ScriptedExchanger;
let authority: { cert: string; private: string };
let policy: string | undefined;
const fetched: string[] = [];

beforeAll(async () => {
  authority = await generate([{ name: 'commonName', value: 'Test authority' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true },
    ],
  });
  dns = await fakeDns();
  one = await scriptedExchanger('127.0.0.1', 0, {});
  two = await scriptedExchanger('127.0.0.2', one.port, {});
  fixture = await mailFixture({
    dns: dns.address,
    remote: {
      port: one.port,
      ca: authority.cert,
      fetchText: async (url) => {
        fetched.push(url);
        if (policy === undefined) throw new Error('no policy');
        return policy;
      },
    },
  });
});
afterAll(async () => {
  await fixture.close();
  await Promise.all([one.close(), two.close(), dns.close()]);
});
beforeEach(() => {
  dns.authentic = false;
  policy = undefined;
  for (const exchanger of [one, two]) {
    Object.assign(exchanger, { connections: 0, lines: [], messages: [], script: {} });
  }
});

let count = 0;
/** A domain of its own for every test: `one` before `two`. */
function domain(): string {
  const name = `d${++count}.test`;
  dns.set({
    [name]: [
      { type: 'MX', priority: 20, exchange: `b.${name}` },
      { type: 'MX', priority: 10, exchange: `a.${name}` },
    ],
    [`a.${name}`]: [{ type: 'A', address: '127.0.0.1' }],
    [`b.${name}`]: [{ type: 'A', address: '127.0.0.2' }],
  });
  return name;
}

async function certificate(...names: string[]): Promise<NonNullable<Script['tls']>> {
  const made = await generate([{ name: 'commonName', value: names[0] ?? 'x' }], {
    keySize: 2048,
    algorithm: 'sha256',
    ca: { cert: authority.cert, key: authority.private },
    extensions: [
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

const TEXT = 'From: zhangwei@beichen.test\r\nSubject: x\r\n\r\n.dot\r\n';

async function send(
  recipients: string[],
  more: { message?: string; notify?: string; drain?: boolean } = {},
): Promise<() => Promise<{ address: string; state: string; status: string | null; reply: string | null }[]>> {
  const result = await fixture.mail.submit({
    accountId: 1,
    sender: 'zhangwei@beichen.test',
    recipients: recipients.map((address) => ({ address, ...(more.notify ? { notify: more.notify } : {}) })),
    message: (async function* () {
      yield Buffer.from(more.message ?? TEXT);
    })(),
  });
  if (!result.ok) throw new Error(result.text);
  if (more.drain !== false) await fixture.mail.queue.drain();
  return async () => (await fixture.mail.trace(fixture.database.db, result.ref))?.recipients ?? [];
}

describe('remote delivery', () => {
  it('[MAIL-2] asks the exchangers in their order and goes to the next when one is away or refuses to talk', async () => {
    const name = domain();
    one.script = { greeting: '421 4.3.2 not now' };
    const state = await send([`x@${name}`]);
    expect(await state()).toMatchObject([{ state: 'relayed' }]);
    expect(one.connections).toBe(1);
    expect(two.messages.map((text) => text.endsWith('..dot\r\n'))).toEqual([true]);
  });

  it('[MAIL-2] every recipient has an answer of its own, and greylisted ones are tried again within minutes', async () => {
    const name = domain();
    let greylisting = true;
    one.script = {
      answer: (line) =>
        /TO:<bad@/.test(line)
          ? '550-5.1.1 no\r\n550 5.1.1 such user'
          : greylisting && /TO:<later@/.test(line)
            ? '451 4.7.1 Greylisted, come again'
            : undefined,
    };
    const state = await send([`good@${name}`, `bad@${name}`, `later@${name}`]);
    expect(await state()).toMatchObject([
      { state: 'relayed' },
      { state: 'failed', status: '5.1.1' },
      { state: 'waiting', status: '4.7.1' },
    ]);
    greylisting = false;
    fixture.clock.travel(5 * 60_000 + 1_000);
    await fixture.mail.queue.drain();
    expect((await state())[2]).toMatchObject({ state: 'relayed' });
    expect(one.messages).toHaveLength(2);
  });

  it('[MAIL-2] null MX, a missing domain and a loop to ourselves fail at once', async () => {
    dns.set({
      'null.test': [{ type: 'MX', priority: 0, exchange: '' }],
      'loop.test': [{ type: 'MX', priority: 0, exchange: 'mail.beichen.test' }],
      'alias.test': [{ type: 'A', address: '127.0.0.1' }],
    });
    one.script = { name: 'mail.beichen.test' };
    const status = async (address: string) => (await (await send([address]))())[0]?.status;
    expect(await status('x@null.test')).toBe('5.1.10');
    expect(await status('x@missing.test')).toBe('5.1.2');
    expect(await status('x@loop.test')).toBe('5.4.6');
    expect(await status('x@alias.test')).toBe('5.4.6');
  });

  it('[MAIL-2] a domain without MX is its own exchanger', async () => {
    dns.set({ 'plain.test': [{ type: 'A', address: '127.0.0.2' }] });
    expect(await (await send(['x@plain.test']))()).toMatchObject([{ state: 'relayed' }]);
    expect(two.messages).toHaveLength(1);
  });

  it('[MAIL-2] many messages to one domain share few connections', async () => {
    const name = domain();
    for (let at = 0; at < 30; at++) await send([`u${at}@${name}`], { drain: false });
    await fixture.mail.queue.drain();
    expect(one.messages).toHaveLength(30);
    expect(one.connections).toBeLessThanOrEqual(5);
  });

  it('[MAIL-2] a domain that is away is tried by one message, also after a restart; its mail goes when it is back', async () => {
    const name = domain();
    one.script = { greeting: '421 4.3.2 closed' };
    two.script = { greeting: '421 4.3.2 closed' };
    const states = [];
    for (let at = 0; at < 12; at++) states.push(await send([`u${at}@${name}`], { drain: false }));
    await fixture.mail.queue.drain();
    expect(one.connections).toBeLessThanOrEqual(5);
    const tried = one.connections;
    await send([`late@${name}`]);
    const again = await fixture.again();
    await again.queue.drain();
    expect(one.connections).toBe(tried);
    one.script = {};
    fixture.clock.travel(20 * 60_000);
    await fixture.mail.queue.drain();
    for (const state of states) expect(await state()).toMatchObject([{ state: 'relayed' }]);
    expect(one.messages).toHaveLength(13);
  });

  it('[ADM-14] "retry now" ends the pause of the destination', async () => {
    const name = domain();
    one.script = { greeting: '421 4.3.2 closed' };
    two.script = { greeting: '421 4.3.2 closed' };
    const state = await send([`x@${name}`]);
    one.script = {};
    const { db, pool } = fixture.database;
    const { rows } = await pool.query<{ id: string }>(
      'select recipient_id as id from mail.recipient where address = $1',
      [`x@${name}`],
    );
    expect(await makeDue(db, Number(rows[0]?.id), false, fixture.clock.now())).toBe(name);
    fixture.signals.send(DESTINATION_CHANGED, name);
    await fixture.mail.queue.drain();
    expect(await state()).toMatchObject([{ state: 'relayed' }]);
  });

  it('[MAIL-2] a connection lost in the middle of DATA puts the message off; the next try delivers it once', async () => {
    const name = domain();
    one.script = { breakAt: 20_000 };
    two.script = { breakAt: 20_000 };
    const message = `${TEXT}${`${'x'.repeat(70)}\r\n`.repeat(2_000)}`;
    const state = await send([`x@${name}`], { message });
    expect(await state()).toMatchObject([{ state: 'waiting', status: '4.4.2' }]);
    expect([one.connections, one.messages.length, two.messages.length]).toEqual([1, 0, 0]);
    one.script = {};
    two.script = {};
    fixture.clock.travel(2 * 60_000);
    await fixture.mail.queue.drain();
    fixture.clock.travel(60 * 60_000);
    await fixture.mail.queue.drain();
    expect(await state()).toMatchObject([{ state: 'relayed' }]);
    expect([one.messages.length, two.messages.length]).toEqual([1, 0]);
    expect(one.messages[0]?.endsWith(`${'x'.repeat(70)}\r\n`)).toBe(true);
    expect(one.messages[0]?.length).toBeGreaterThan(message.length);
  });

  it('[MAIL-2] a message refused for now at its final dot is tried again at the same exchanger', async () => {
    const name = domain();
    let broken = true;
    one.script = { answer: (line) => (line === '.' && broken ? '451 4.3.0 disk' : undefined) };
    const state = await send([`x@${name}`]);
    expect(await state()).toMatchObject([{ state: 'waiting', status: '4.3.0' }]);
    broken = false;
    fixture.clock.travel(2 * 60_000);
    await fixture.mail.queue.drain();
    expect(await state()).toMatchObject([{ state: 'relayed' }]);
    expect(two.messages).toHaveLength(0);
  });

  it('[MAIL-2] DSN wishes go to a server that knows them, else we report ourselves', async () => {
    const name = domain();
    one.script = { extensions: ['PIPELINING', '8BITMIME', 'DSN'] };
    await send([`x@${name}`], { notify: 'SUCCESS,FAILURE' });
    expect(one.lines).toContain(`RCPT TO:<x@${name}> NOTIFY=SUCCESS,FAILURE`);
    const reports = async () =>
      (
        await fixture.database.pool.query(
          "select count(*)::int as n from mail.transfer where origin = 'bounce'",
        )
      ).rows[0].n;
    const before = await reports();
    const other = domain();
    one.script = { extensions: ['PIPELINING', '8BITMIME'] };
    await send([`x@${other}`], { notify: 'SUCCESS' });
    expect(one.lines).toContain(`RCPT TO:<x@${other}>`);
    expect(await reports()).toBe(before + 1);
  });

  it('[MAIL-2] SIZE, 8BITMIME and SMTPUTF8 that the server lacks are found before anything is sent', async () => {
    const name = domain();
    one.script = { extensions: ['SIZE 20', '8BITMIME'] };
    expect(await (await send([`x@${name}`]))()).toMatchObject([{ state: 'failed', status: '5.3.4' }]);
    const other = domain();
    one.script = { extensions: [] };
    const eight = TEXT.replace('.dot', '中文');
    expect(await (await send([`x@${other}`], { message: eight }))()).toMatchObject([
      { state: 'failed', status: '5.6.3' },
    ]);
    const third = domain();
    expect(await (await send([`用户@${third}`]))()).toMatchObject([{ state: 'failed', status: '5.6.7' }]);
    expect([...one.lines, ...two.lines].some((line) => line.startsWith('MAIL'))).toBe(false);
  });
});

describe('binary mail towards other servers', () => {
  const bytes = Buffer.from('Subject: bin\r\n\r\na\nb\0c', 'latin1');
  async function relay(name: string, given: Buffer) {
    const { store } = fixture.mail;
    const { db } = fixture.database;
    const writer = store.newBody();
    await writer.write(given);
    const body = await writer.finish();
    const ref = `bin-${name}`;
    await transaction(db, (tx) =>
      createEnqueue({ store, clock: fixture.clock, signals: fixture.signals })(tx, [
        {
          ref,
          origin: 'submission',
          sender: 'zhangwei@beichen.test',
          accountId: 1,
          recipients: [
            {
              address: `x@${name}`,
              accountId: undefined,
              shared: false,
              notify: undefined,
              orcpt: undefined,
            },
          ],
          body,
          smtputf8: false,
          eightBit: true,
          binary: true,
          ret: undefined,
          envid: undefined,
          sessionId: undefined,
          remote: undefined,
          helo: undefined,
          tls: undefined,
        },
      ]),
    );
    await fixture.mail.queue.drain();
    return (await fixture.mail.trace(db, ref))?.recipients;
  }

  it('[MAIL-1] goes with BDAT byte for byte, fails with 5.6.1 where text only is taken; plain text declared so goes', async () => {
    one.script = { extensions: ['8BITMIME', 'BINARYMIME', 'CHUNKING'] };
    expect(await relay(domain(), bytes)).toMatchObject([{ state: 'relayed' }]);
    expect(one.messages.join('')).toBe(bytes.toString('latin1'));
    one.script = {};
    expect(await relay(domain(), bytes)).toMatchObject([{ state: 'failed', status: '5.6.1' }]);
    expect(await relay(domain(), Buffer.from(TEXT))).toMatchObject([{ state: 'relayed' }]);
  });
});

describe('TLS towards other servers', () => {
  it('[MAIL-2] is used where it is offered, whoever made the certificate; a refused STARTTLS goes on in the clear, an injected answer ends the connection', async () => {
    const name = domain();
    one.script = { tls: await certificate('other.test') };
    expect(await (await send([`x@${name}`]))()).toMatchObject([{ state: 'relayed' }]);
    expect(one.lines.find((line) => line.includes('RCPT'))).toMatch(/^TLS /);
    const other = domain();
    one.lines = [];
    one.script = {
      extensions: ['STARTTLS'],
      answer: (line) => (line === 'STARTTLS' ? '454 4.7.0 not now' : undefined),
    };
    expect(await (await send([`x@${other}`]))()).toMatchObject([{ state: 'relayed' }]);
    expect(one.lines.some((line) => line.startsWith('RCPT'))).toBe(true);
    one.lines = [];
    one.script.answer = (line) => (line === 'STARTTLS' ? '220 go\r\ninjected' : undefined);
    expect(await (await send([`x@${domain()}`]))()).toMatchObject([{ state: 'relayed' }]);
    expect(one.lines.some((line) => line.startsWith('RCPT'))).toBe(false);
  });

  it('[MAIL-2] MTA-STS enforce: only named hosts with a valid certificate; the policy is kept over restarts', async () => {
    const name = domain();
    dns.set({ [`_mta-sts.${name}`]: [{ type: 'TXT', text: 'v=STSv1; id=1;' }] });
    policy = `version: STSv1\nmode: enforce\nmx: b.${name}\nmax_age: 86400\n`;
    one.script = { tls: await certificate(`a.${name}`) };
    two.script = { tls: await certificate(`b.${name}`) };
    expect(await (await send([`x@${name}`]))()).toMatchObject([{ state: 'relayed' }]);
    expect([one.messages.length, two.messages.length]).toEqual([0, 1]);
    expect(fetched).toEqual([`https://mta-sts.${name}/.well-known/mta-sts.txt`]);
    // The policy still holds when its host is gone, and a forged certificate is not taken.
    policy = undefined;
    two.script = { tls: await certificate('elsewhere.test') };
    const again = await fixture.again();
    const state = await send([`y@${name}`], { drain: false });
    await again.queue.drain();
    expect(await state()).toMatchObject([{ state: 'waiting', status: '4.7.5' }]);
    // Nor a connection without TLS.
    two.script = {};
    fixture.clock.travel(10 * 60_000);
    await again.queue.drain();
    expect(await state()).toMatchObject([{ state: 'waiting', status: '4.7.5' }]);
    expect(two.messages).toHaveLength(1);
    expect(fetched).toHaveLength(1);
  });

  it('[MAIL-2] MTA-STS testing does not hold mail up', async () => {
    const name = domain();
    dns.set({ [`_mta-sts.${name}`]: [{ type: 'TXT', text: 'v=STSv1; id=1;' }] });
    policy = `version: STSv1\nmode: testing\nmx: a.${name}\nmax_age: 86400\n`;
    one.script = { tls: await certificate('elsewhere.test') };
    expect(await (await send([`x@${name}`]))()).toMatchObject([{ state: 'relayed' }]);
    expect(one.lines.find((line) => line.includes('RCPT'))).toMatch(/^TLS /);
  });

  it('[MAIL-2] DANE: the certificate that DNSSEC names is taken, another is not, and without DNSSEC it is no rule', async () => {
    const tls = await certificate('whoever.test');
    const key = new X509Certificate(tls.cert).publicKey.export({ type: 'spki', format: 'der' });
    const data = createHash('sha256').update(key).digest();
    const tlsa = (name: string, bytes: Buffer) => ({
      [`_${one.port}._tcp.a.${name}`]: [
        { type: 'TLSA' as const, usage: 3, selector: 1, matching: 1, data: bytes },
      ],
    });
    dns.authentic = true;
    const good = domain();
    dns.set(tlsa(good, data));
    one.script = { tls };
    two.script = { greeting: '421 4.3.2 no' };
    expect(await (await send([`x@${good}`]))()).toMatchObject([{ state: 'relayed' }]);
    const bad = domain();
    dns.set(tlsa(bad, Buffer.alloc(32, 1)));
    expect(await (await send([`x@${bad}`]))()).toMatchObject([{ state: 'waiting' }]);
    expect(one.messages).toHaveLength(1);
    // A server that strips STARTTLS gets nothing either.
    one.script = {};
    const stripped = domain();
    dns.set(tlsa(stripped, data));
    expect(await (await send([`x@${stripped}`]))()).toMatchObject([{ state: 'waiting' }]);
    expect(one.messages).toHaveLength(1);
    dns.authentic = false;
    const unsigned = domain();
    dns.set(tlsa(unsigned, Buffer.alloc(32, 1)));
    expect(await (await send([`x@${unsigned}`]))()).toMatchObject([{ state: 'relayed' }]);
  });
});

describe('the smart host', () => {
  let other: MailFixture | undefined;
  afterEach(async () => {
    await other?.close();
    other = undefined;
  });

  /** A mail product of its own that hands everything to `url`. */
  async function through(url: string) {
    other = await mailFixture({ dns: dns.address, smartHost: url, remote: { ca: authority.cert } });
    const { mail, database } = other;
    return async (...recipients: string[]) => {
      const result = await mail.submit({
        accountId: 1,
        sender: 'zhangwei@beichen.test',
        recipients: recipients.map((address) => ({ address })),
        message: (async function* () {
          yield Buffer.from(TEXT);
        })(),
      });
      if (!result.ok) throw new Error(result.text);
      await mail.queue.drain();
      return async () => (await mail.trace(database.db, result.ref))?.recipients ?? [];
    };
  }
  const commands = (prefix: string) => one.lines.filter((line) => line.startsWith(prefix));

  it('[MAIL-2] takes mail of every domain without a look at its exchangers, in the clear on loopback; each recipient has its answer', async () => {
    one.script = { answer: (line) => (/TO:<bad@/.test(line) ? '550 5.1.1 no such user' : undefined) };
    const send = await through(`smtp://127.0.0.1:${one.port}`);
    const state = await send('a@nowhere.test', 'bad@nowhere.test', 'c@elsewhere.test');
    const found = new Map((await state()).map((row) => [row.address, row]));
    expect(found.get('a@nowhere.test')).toMatchObject({ state: 'relayed' });
    expect(found.get('c@elsewhere.test')).toMatchObject({ state: 'relayed' });
    expect(found.get('bad@nowhere.test')).toMatchObject({ state: 'failed', status: '5.1.1' });
    expect(commands('AUTH')).toEqual([]);
    expect(one.messages.length).toBeGreaterThan(0);
  });

  it('[MAIL-2] is told who we are by AUTH PLAIN, else by AUTH LOGIN; wrong credentials put the mail off', async () => {
    const url = `smtp://relay%40beichen.test:p%C3%A4ss%3A1@127.0.0.1:${one.port}`;
    const encode = (text: string) => Buffer.from(text).toString('base64');
    const accept = (line: string) =>
      line.startsWith('AUTH PLAIN') || line === encode('päss:1')
        ? '235 2.7.0 welcome'
        : line === 'AUTH LOGIN' || line === encode('relay@beichen.test')
          ? '334 go'
          : undefined;
    one.script = { extensions: ['AUTH LOGIN PLAIN'], answer: accept };
    const send = await through(url);
    expect(await (await send('x@far.test'))()).toMatchObject([{ state: 'relayed' }]);
    expect(commands('AUTH')).toEqual([`AUTH PLAIN ${encode('\0relay@beichen.test\0päss:1')}`]);
    await other?.close();

    one.lines = [];
    one.script = { extensions: ['AUTH LOGIN'], answer: accept };
    const byLogin = await through(url);
    expect(await (await byLogin('x@far.test'))()).toMatchObject([{ state: 'relayed' }]);
    // The connection before may still say goodbye.
    const said = one.lines.filter((line) => !/^(?:EHLO|QUIT)/.test(line));
    expect(said.slice(0, 3)).toEqual(['AUTH LOGIN', encode('relay@beichen.test'), encode('päss:1')]);
    await other?.close();

    one.lines = [];
    one.script = {
      extensions: ['AUTH PLAIN'],
      answer: (line) => (line.startsWith('AUTH') ? '535 5.7.8 wrong' : undefined),
    };
    const refused = await through(url);
    expect(await (await refused('x@far.test'))()).toMatchObject([{ state: 'waiting' }]);
    expect(commands('MAIL')).toEqual([]);
  });

  it('[MAIL-2] over smtps:// must have a certificate for its name; loopback may have any', async () => {
    // 0.0.0.0 leads to this machine and is not written as loopback, so that the certificate counts.
    const url = `smtps://u:p@0.0.0.0:${one.port}`;
    const answer = (line: string) => (line.startsWith('AUTH') ? '235 2.7.0 welcome' : undefined);
    const extensions = ['AUTH PLAIN'];
    one.script = { implicit: true, tls: await certificate('0.0.0.0'), extensions, answer };
    const send = await through(url);
    expect(await (await send('x@far.test'))()).toMatchObject([{ state: 'relayed' }]);
    expect(commands('TLS AUTH PLAIN')).toHaveLength(1);
    await other?.close();

    one.lines = [];
    one.script = { ...one.script, tls: await certificate('other.test') };
    const wrong = await through(url);
    expect(await (await wrong('x@far.test'))()).toMatchObject([{ state: 'waiting', status: '4.7.5' }]);
    // Neither the password nor a word of the message went out.
    expect(one.lines).toEqual([]);
    await other?.close();

    const near = await through(`smtps://127.0.0.1:${one.port}`);
    expect(await (await near('x@far.test'))()).toMatchObject([{ state: 'relayed' }]);
  });

  it('[MAIL-2] that is not loopback and offers no STARTTLS gets nothing', async () => {
    one.script = { extensions: ['AUTH PLAIN'] };
    const send = await through(`smtp://u:p@0.0.0.0:${one.port}`);
    expect(await (await send('x@far.test'))()).toMatchObject([{ state: 'waiting', status: '4.7.5' }]);
    expect(one.lines.filter((line) => !line.startsWith('EHLO'))).toEqual([]);
  });

  it('[MAIL-2] that is away puts everything off, and has it when it is back', async () => {
    one.script = { greeting: '421 4.3.2 closed' };
    const send = await through(`smtp://127.0.0.1:${one.port}`);
    const state = await send('x@far.test');
    const second = await send('y@near.test');
    expect(await state()).toMatchObject([{ state: 'waiting', status: '4.3.2' }]);
    expect(await second()).toMatchObject([{ state: 'waiting' }]);
    expect(one.connections).toBe(1);
    one.script = {};
    other?.clock.travel(20 * 60_000);
    await other?.mail.queue.drain();
    expect(await state()).toMatchObject([{ state: 'relayed' }]);
    expect(await second()).toMatchObject([{ state: 'relayed' }]);
  });
});
