import type { LockedSenderList, QueueDestinationList } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, startApp, type TestApp } from '../kit/app.ts';
import { Talker } from './talker.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
}, 120_000);
afterAll(() => test.close());

const NONE = {
  messagesPerHour: 0,
  recipientsPerHour: 0,
  messagesPerDay: 0,
  recipientsPerDay: 0,
  lockRecipientsPerHour: 0,
};
async function limit(limits: Partial<typeof NONE>): Promise<void> {
  const admin = await test.as('chenjing');
  expect((await admin.put('/console/mail-settings/sending', { ...NONE, ...limits })).status).toBe(200);
}

/** Submits one message by SMTP; answers the reply to it. */
async function send(name: string, recipients = 1): Promise<string> {
  const talker = await Talker.open(test.ports.submissions ?? 0, true);
  await talker.reply();
  await talker.say('EHLO me');
  await talker.say(`AUTH PLAIN ${Buffer.from(`\0${name}\0${PASSWORD}`).toString('base64')}`);
  await talker.say(`MAIL FROM:<${name}@beichen.test>`);
  for (let at = 0; at < recipients; at++) await talker.say(`RCPT TO:<r${at}@example.test>`);
  await talker.say('DATA');
  const answer = await talker.say(`From: ${name}@beichen.test\r\nSubject: x\r\n\r\nx\r\n.`);
  talker.end();
  return answer;
}

async function submit(name: string, count = 1) {
  const { rows } = await test.database.pool.query<{ id: string }>(
    'select id from directory.account where local = $1',
    [name],
  );
  return test.app.mail.submit({
    accountId: Number(rows[0]?.id),
    sender: `${name}@beichen.test`,
    recipients: Array.from({ length: count }, (_, at) => ({ address: `r${at}@example.test` })),
    message: (async function* () {
      yield Buffer.from(`From: ${name}@beichen.test\r\nSubject: x\r\n\r\nx\r\n`);
    })(),
  });
}

describe('limits of what an account sends', () => {
  it('[ADM-14] above the messages of an hour submission is put off with a clear text, and goes on in the next hour', async () => {
    await limit({ messagesPerHour: 2 });
    expect(await send('zhangwei')).toMatch(/^250/);
    expect(await send('zhangwei')).toMatch(/^250/);
    expect(await send('zhangwei')).toMatch(/^452 4\.7\.1 .*2 messages an hour/);
    expect(await submit('zhangwei')).toMatchObject({ ok: false, reason: 'over_limit' });
    expect(await send('liuyang')).toMatch(/^250/);
    test.clock.travel(3_600_000);
    expect(await send('zhangwei')).toMatch(/^250/);
  });

  it('[ADM-14] counts right when many are submitted at once, recipients too', async () => {
    test.clock.travel(3_600_000);
    await limit({ recipientsPerHour: 10 });
    const results = await Promise.all(Array.from({ length: 12 }, () => submit('zhangwei', 2)));
    expect(results.filter((result) => result.ok)).toHaveLength(5);
    expect(await submit('zhangwei', 1)).toMatchObject({ ok: false, reason: 'over_limit' });
  });

  it('[ADM-14] the limit of a day counts the hours before', async () => {
    test.clock.travel(25 * 3_600_000);
    await limit({ messagesPerDay: 2 });
    expect(await submit('zhangwei')).toMatchObject({ ok: true });
    test.clock.travel(3_600_000);
    expect(await submit('zhangwei')).toMatchObject({ ok: true });
    expect(await submit('zhangwei')).toMatchObject({ ok: false, reason: 'over_limit' });
    test.clock.travel(24 * 3_600_000);
    expect(await submit('zhangwei')).toMatchObject({ ok: true });
  });

  it('[ADM-14] a burst locks the account once, tells the person and the administrators, and an administrator unlocks it', async () => {
    test.clock.travel(25 * 3_600_000);
    await limit({ recipientsPerHour: 5, lockRecipientsPerHour: 20 });
    await Promise.all(Array.from({ length: 15 }, () => submit('zhangwei', 2)));
    expect(await send('zhangwei')).toMatch(/^554 5\.7\.1 .*locked/);
    test.clock.travel(25 * 3_600_000);
    expect(await submit('zhangwei')).toMatchObject({ ok: false, reason: 'locked' });
    const zhangwei = await test.as('zhangwei');
    const admin = await test.as('chenjing');
    const told = JSON.stringify((await zhangwei.get('/messages')).body);
    expect(told.split('您的发信功能已被锁定')).toHaveLength(2);
    const alarm = JSON.stringify((await admin.get('/messages')).body);
    expect(alarm.split('发信已锁定：zhangwei@beichen.test')).toHaveLength(2);
    expect((await zhangwei.get('/console/locked-senders')).status).toBe(403);
    const { body } = await admin.get<LockedSenderList>('/console/locked-senders');
    expect(body.items).toMatchObject([{ address: 'zhangwei@beichen.test', recipients: 22 }]);
    const path = `/console/locked-senders/${body.items[0]?.accountId}/unlock`;
    expect((await zhangwei.post(path)).status).toBe(403);
    expect((await admin.post(path)).status).toBe(200);
    expect((await admin.post(path)).status).toBe(404);
    expect(await send('zhangwei')).toMatch(/^250/);
  });
});

describe('queue page', () => {
  it('[ADM-14] shows by destination how much waits, since when, and what holds it up', async () => {
    await limit({});
    const { rows } = await test.database.pool.query<{ id: string }>(
      "select id from directory.account where local = 'liuyang'",
    );
    const later = new Date(test.clock.ms() + 3_600_000);
    for (const to of ['a@far.test', 'b@far.test', 'c@near.test']) {
      const result = await test.app.mail.submit({
        accountId: Number(rows[0]?.id),
        sender: 'liuyang@beichen.test',
        recipients: [{ address: to }],
        notBefore: later,
        message: (async function* () {
          yield Buffer.from('From: liuyang@beichen.test\r\nSubject: x\r\n\r\nx\r\n');
        })(),
      });
      expect(result.ok).toBe(true);
    }
    await test.database.pool.query(
      "insert into mail.destination (name, failures, until, last_error, last_at) values ('far.test', 1, $1, 'closed', $2)",
      [later, test.clock.now()],
    );
    const admin = await test.as('chenjing');
    const { body } = await admin.get<QueueDestinationList>('/console/queue/destinations');
    expect(body.items).toMatchObject([
      { domain: 'far.test', waiting: 2, pausedUntil: later.toISOString(), reason: 'closed' },
      { domain: 'near.test', waiting: 1 },
    ]);
    expect((await (await test.as('zhangwei')).get('/console/queue/destinations')).status).toBe(403);
  });
});
