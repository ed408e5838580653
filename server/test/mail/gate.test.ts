import type { MailSettingKey } from '@hongyan/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { networkOf } from '../../src/mail/checks/index.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';
import { type MailFixture, mailFixture } from './mail-fixture.ts';
import { Talker } from './talker.ts';

let dns: FakeDns;
let fixture: MailFixture;
beforeAll(async () => {
  dns = await fakeDns({
    '1.0.0.127.bad.lists.test': [{ type: 'A', address: '127.0.0.2' }],
    '1.0.0.127.good.lists.test': [{ type: 'A', address: '127.0.0.10' }],
    '1.0.0.127.refused.lists.test': [{ type: 'A', address: '127.255.255.254' }],
    '1.0.0.127.wild.lists.test': [{ type: 'A', address: '198.51.100.1' }],
  });
  fixture = await mailFixture({ dns: dns.address, checkLoopback: true });
});
afterAll(async () => {
  await fixture.close();
  await dns.close();
});
afterEach(async () => {
  await fixture.database.pool.query('delete from mail.setting');
  fixture.mail.settings.forget();
});

async function use(key: MailSettingKey, value: object): Promise<void> {
  await fixture.database.pool.query(
    `insert into mail.setting values ($1, $2, now()) on conflict (key) do update set value = excluded.value`,
    [key, value],
  );
  fixture.mail.settings.forget();
}

async function greet(helo = 'client.test'): Promise<Talker> {
  const talker = await Talker.open(fixture.ports.smtp);
  await talker.reply();
  await talker.say(`EHLO ${helo}`);
  return talker;
}

async function rcpt(sender = 'a@example.test', recipient = 'liuyang@beichen.test'): Promise<string> {
  const talker = await greet();
  await talker.say(`MAIL FROM:<${sender}>`);
  const reply = await talker.say(`RCPT TO:<${recipient}>`);
  talker.end();
  return reply;
}

describe('greylisting', () => {
  it('[MAIL-1] puts a stranger off, lets him in when he comes back in time, and remembers him', async () => {
    await use('greylist', { enabled: true, delaySeconds: 300, retryHours: 24, passDays: 35 });
    expect(await rcpt()).toMatch(/^451 4\.7\.1/);
    expect(await rcpt()).toMatch(/^451/);
    fixture.clock.travel(301_000);
    expect(await rcpt()).toMatch(/^250/);
    expect(await rcpt('other@example.test')).toMatch(/^451/);
    fixture.clock.travel(30 * 86_400_000);
    expect(await rcpt()).toMatch(/^250/);
    fixture.clock.travel(36 * 86_400_000);
    expect(await rcpt()).toMatch(/^451/);
  });

  it('[MAIL-1] begins anew after the time for coming back; exempt networks and trusted relays pass; old rows go', async () => {
    await use('greylist', { enabled: true, delaySeconds: 300, retryHours: 1 });
    expect(await rcpt('late@example.test')).toMatch(/^451/);
    fixture.clock.travel(2 * 3_600_000);
    expect(await rcpt('late@example.test')).toMatch(/^451/);
    await use('greylist', { enabled: true, exempt: ['127.0.0.0/8'] });
    expect(await rcpt('new@example.test')).toMatch(/^250/);
    await use('greylist', { enabled: true });
    await use('authentication', { trustedRelays: ['127.0.0.1'] });
    expect(await rcpt('new2@example.test')).toMatch(/^250/);
    fixture.clock.travel(400 * 86_400_000);
    await fixture.mail.sweep();
    const { rows } = await fixture.database.pool.query('select count(*)::int as n from mail.greylist');
    expect(rows[0].n).toBe(0);
  });

  it('one triplet covers a network, not its neighbours', () => {
    expect(networkOf('192.0.2.9', 24, 64)).toBe(networkOf('192.0.2.200', 24, 64));
    expect(networkOf('192.0.2.9', 24, 64)).not.toBe(networkOf('192.0.3.9', 24, 64));
    expect(networkOf('2001:db8::1', 24, 64)).toBe(networkOf('2001:db8:0:0:ffff::9', 24, 64));
    expect(networkOf('2001:db8::1', 24, 64)).not.toBe(networkOf('2001:db8:0:1::1', 24, 64));
  });
});

describe('reputation lists', () => {
  const mail = async () => {
    const talker = await greet();
    const reply = await talker.say('MAIL FROM:<a@example.test>');
    talker.end();
    return reply;
  };

  it('[MAIL-1] weights add up; an allow list takes away; answers that are no listing do not count', async () => {
    await use('dnsLists', { enabled: true, zones: ['bad.lists.test 6'], rejectAt: 6 });
    expect(await mail()).toMatch(/^550 5\.7\.1 .*bad\.lists\.test/);
    await use('dnsLists', {
      enabled: true,
      zones: ['bad.lists.test 6', 'good.lists.test -4'],
      junkAt: 0,
      rejectAt: 6,
    });
    expect(await mail()).toMatch(/^250/);
    await use('dnsLists', {
      enabled: true,
      zones: ['refused.lists.test 9', 'wild.lists.test 9', 'none.lists.test 9'],
    });
    expect(await mail()).toMatch(/^250/);
  });

  it('[MAIL-1] in between mail goes to Junk', async () => {
    await use('dnsLists', { enabled: true, zones: ['bad.lists.test 4'], junkAt: 3, rejectAt: 6 });
    const talker = await greet();
    await talker.say('MAIL FROM:<a@example.test>');
    await talker.say('RCPT TO:<liuyang@beichen.test>');
    await talker.say('DATA');
    expect(await talker.say('From: a@example.test\r\n\r\nx\r\n.')).toMatch(/^250/);
    talker.end();
    const scope = { accountId: 2, readerId: 2 };
    const junk = await fixture.mail.store.mailboxByRole(fixture.database.db, scope, 'junk');
    expect(junk?.total).toBe(1);
  });
});

describe('limits and manners', () => {
  it('[MAIL-1] messages and recipients of one address and of one sender are bounded in time', async () => {
    await use('limits', { senderMessagesPerHour: 2, connectionsPerMinute: 0 });
    const talker = await greet();
    const answers: string[] = [];
    for (let index = 0; index < 3; index++) {
      answers.push((await talker.say('MAIL FROM:<limited@example.test>')).slice(0, 3));
      await talker.say('RSET');
    }
    expect(answers).toEqual(['250', '250', '451']);
    expect(await talker.say('MAIL FROM:<another@example.test>')).toMatch(/^250/);
    fixture.clock.travel(3_600_000);
    await talker.say('RSET');
    expect(await talker.say('MAIL FROM:<limited@example.test>')).toMatch(/^250/);
    await use('limits', { recipientsPerHour: 2, connectionsPerMinute: 0 });
    expect(await talker.say('RCPT TO:<u1@beichen.test>')).toMatch(/^250/);
    expect(await talker.say('RCPT TO:<u2@beichen.test>')).toMatch(/^250/);
    expect(await talker.say('RCPT TO:<u3@beichen.test>')).toMatch(/^452 4\.5\.3/);
    talker.end();
  });

  it('[MAIL-1] too many connections of one address are turned away with 421', async () => {
    fixture.clock.travel(60_000);
    await use('limits', { connectionsPerMinute: 2 });
    const first: string[] = [];
    for (let index = 0; index < 3; index++) {
      const talker = await Talker.open(fixture.ports.smtp);
      first.push((await talker.reply()).slice(0, 3));
      talker.end();
    }
    expect(first).toEqual(['220', '220', '421']);
  });

  it('HELO: a half name, our own name and an address without a name are refused when so set', async () => {
    await use('hygiene', { heloName: 'reject', heloNotOurs: 'reject' });
    for (const [helo, wanted] of [
      ['localhost', /^550/],
      ['192.0.2.1', /^550/],
      ['[192.0.2.1]', /^250/],
      ['mail.beichen.test', /^550/],
      ['client.test', /^250/],
    ] as const) {
      const talker = await greet(helo);
      expect(await talker.say('MAIL FROM:<a@example.test>'), helo).toMatch(wanted);
      talker.end();
    }
    await use('hygiene', { reverseName: 'reject' });
    const talker = await greet();
    expect(await talker.say('MAIL FROM:<a@example.test>')).toMatch(/^550/);
    talker.end();
  });

  it('who talks before the greeting is not served', async () => {
    await use('hygiene', { greetSeconds: 1 });
    const hasty = await Talker.open(fixture.ports.smtp);
    hasty.write('EHLO hasty.test\r\nMAIL FROM:<a@example.test>\r\n');
    expect(await hasty.reply()).toMatch(/^554 5\.5\.1/);
    expect(await hasty.reply()).toBe('');
    const patient = await greet();
    expect(await patient.say('NOOP')).toMatch(/^250/);
    patient.end();
  });

  it('answers to guessed recipients come late once there were too many', async () => {
    await use('limits', { tarpitAfter: 2, tarpitSeconds: 1 });
    const talker = await greet();
    await talker.say('MAIL FROM:<a@example.test>');
    for (let index = 0; index < 2; index++)
      expect(await talker.say(`RCPT TO:<guess${index}@beichen.test>`)).toMatch(/^550 5\.1\.1/);
    const order: string[] = [];
    await Promise.all([
      talker.say('RCPT TO:<guess3@beichen.test>').then((reply) => order.push(reply.slice(0, 3))),
      rcpt().then((reply) => order.push(reply.slice(0, 3))),
    ]);
    expect(order).toEqual(['250', '550']);
    talker.end();
  });
});
