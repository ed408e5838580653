import type { MailLife, MailLogItem } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listLog } from '../../src/mail/log/log.store.ts';
import { indexLog } from '../../src/mail/log/log-indexer.ts';
import { searchLog } from '../../src/mail/log/search.ts';
import { type Person, startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
let chen: Person;

beforeAll(async () => {
  test = await startApp();
  chen = await test.as('chenjing');
  await submit('zhangwei@beichen.test', '关于期末考试安排', ['wangfang@beichen.test', 'someone@example.org']);
  await submit('liqiang@beichen.test', '机房检修', ['zhangwei@beichen.test']);
  await test.app.mail.queue.drain();
}, 120_000);
afterAll(() => test.close());

async function submit(sender: string, subject: string, to: string[]): Promise<string> {
  const found = await test.app.directory.addresses.resolve(test.database.db, sender);
  if (found.kind !== 'account') throw new Error('no such sender');
  const result = await test.app.mail.submit({
    accountId: found.accountId,
    sender,
    recipients: to.map((address) => ({ address })),
    message: (async function* () {
      yield Buffer.from(`From: ${sender}\r\nSubject: ${subject}\r\n\r\n正文\r\n`);
    })(),
  });
  if (!result.ok) throw new Error(result.text);
  return result.ref;
}

const list = async (query: string) =>
  (await chen.get<{ items: MailLogItem[]; next?: string }>(`/console/mail-log?${query}`)).body;

describe('message log', () => {
  it('[ADM-11] finds mail by subject, address, state, direction and day', async () => {
    const bySubject = await list(`search=${encodeURIComponent('考试')}`);
    expect(bySubject.items.map((item) => [item.recipient, item.state, item.direction])).toEqual(
      expect.arrayContaining([
        ['wangfang@beichen.test', 'delivered', 'local'],
        ['someone@example.org', 'relayed', 'out'],
      ]),
    );
    expect((await list('search=someone@example')).items.length).toBe(1);
    const out = await list('direction=out&state=relayed');
    expect(out.items.every((item) => item.direction === 'out' && item.state === 'relayed')).toBe(true);
    expect((await list('from=2001-01-01&to=2001-01-02')).items).toEqual([]);
    expect((await list('state=failed')).items).toEqual([]);
  });

  it('[ADM-11] gives page after page without a gap or a double', async () => {
    const all = await list('limit=200');
    const paged: number[] = [];
    for (let after = ''; ; ) {
      const page = await list(`limit=7${after && `&after=${after}`}`);
      paged.push(...page.items.map((item) => item.id));
      if (!page.next) break;
      after = page.next;
    }
    expect(paged.slice(0, 200)).toEqual(all.items.map((item) => item.id));
    expect(new Set(paged).size).toBe(paged.length);
  });

  it('[ADM-11] tells the whole life of a message', async () => {
    const [item] = (await list('search=someone@example')).items;
    const { body } = await chen.get<MailLife>(`/console/mail-log/${item?.ref}`);
    expect(body).toMatchObject({ subject: '关于期末考试安排', sender: 'zhangwei@beichen.test' });
    const local = body.recipients.find((one) => one.address === 'wangfang@beichen.test');
    expect(local?.copies).toEqual([{ folder: 'INBOX' }]);
    expect(
      body.events.some((event) => event.event === 'relayed' && event.address === 'someone@example.org'),
    ).toBe(true);
    expect((await chen.get('/console/mail-log/nosuchnumber')).status).toBe(404);
  });

  it('[ADM-11] is for administrators of the institution; others see the life of their own mail only', async () => {
    const zhang = await test.as('zhangwei');
    const liqiang = await test.as('liqiang');
    expect((await zhang.get('/console/mail-log')).status).toBe(403);
    expect((await liqiang.get('/console/mail-log')).status).toBe(403);
    expect((await test.stranger.get('/console/mail-log')).status).toBe(401);
    const [item] = (await list('search=someone@example')).items;
    const own = await zhang.get<MailLife>(`/mail/life/${item?.ref}`);
    expect(own.body.recipients.map((one) => one.address)).toEqual([
      'wangfang@beichen.test',
      'someone@example.org',
    ]);
    const received = await (await test.as('wangfang')).get<MailLife>(`/mail/life/${item?.ref}`);
    expect(received.body.recipients.map((one) => one.address)).toEqual(['wangfang@beichen.test']);
    expect((await liqiang.get(`/mail/life/${item?.ref}`)).status).toBe(404);
  });

  it('[ADM-11] the index finds the same as the tables, for every kind of word', async () => {
    const { db, pool } = test.database;
    await pool.query(`
      insert into mail.transfer (transfer_id, ref, origin, sender, body_hash, size_bytes, subject, created_at, expires_at)
      select 10000000 + n, 'log' || n, 'mx', 'sender' || n % 97 || '@example.org', '\\x00', 1000,
        case when n % 1000 = 0 then '放假通知 ' || n else 'weekly report ' || n end, '2026-01-01'::timestamptz + n * interval '1 second', '2026-02-01'
      from generate_series(1, 40000) n`);
    await pool.query(`
      insert into mail.recipient (recipient_id, transfer_id, address, domain, state, next_at)
      select 20000000 + n, 10000000 + n, 'reader' || n % 31 || '@beichen.test', 'beichen.test', 'delivered', '2026-01-01'
      from generate_series(1, 40000) n`);
    expect(await indexLog({ db, clock: test.clock }, 0)).toBeGreaterThan(1);
    const none = {
      state: undefined,
      direction: undefined,
      from: undefined,
      before: undefined,
      after: undefined,
    };
    for (const search of [
      '放假',
      '假',
      'report 39',
      'READER7@',
      'sender96@example',
      'log39999',
      'ep',
      'nothing',
    ]) {
      const filter = { ...none, search, accountId: undefined };
      const direct = await listLog(db, filter, 60);
      const indexed = await searchLog(db, filter, 60);
      expect(indexed.map((row) => row.ref)).toEqual(direct.map((row) => row.ref));
      const last = direct.at(-1);
      if (!last) continue;
      const after = { at: last.created_at, transferId: last.transfer_id, recipientId: last.recipient_id };
      const next = await searchLog(db, { ...filter, after }, 60);
      expect(next.map((row) => row.ref)).toEqual(
        (await listLog(db, { ...filter, after }, 60)).map((row) => row.ref),
      );
    }
  });
});
