import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../kit/app.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';
import { Talker } from './talker.ts';

let dns: FakeDns;
let app: TestApp;
let port: number;
beforeAll(async () => {
  dns = await fakeDns({
    'soft.test': [{ type: 'TXT', text: 'v=spf1 -all' }],
    '_dmarc.soft.test': [{ type: 'TXT', text: 'v=DMARC1; p=quarantine' }],
  });
  app = await startApp({ env: { HONGYAN_DNS: dns.address } });
  port = app.ports.smtp;
  const admin = await app.as('chenjing');
  await admin.put('/console/mail-settings/quarantine', { spam: true, days: 30, digest: true, digestHour: 8 });
});
afterAll(async () => {
  await app.close();
  await dns.close();
});

async function send(subject: string, ...to: string[]): Promise<string> {
  const talker = await Talker.open(port);
  await talker.reply();
  await talker.say('EHLO client.test');
  await talker.say('MAIL FROM:<a@soft.test>');
  for (const one of to) await talker.say(`RCPT TO:<${one}@beichen.test>`);
  await talker.say('DATA');
  const reply = await talker.say(
    `From: Shop <a@soft.test>\r\nTo: x@beichen.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@soft.test>\r\n\r\nbuy <b>this</b>\r\n.`,
  );
  talker.end();
  return reply;
}

interface Held {
  id: number;
  to: string;
  subject: string;
  from: string;
  reason: string;
  header?: string;
}

async function held(search: string): Promise<Held[]> {
  const admin = await app.as('chenjing');
  return (await admin.get<{ items: Held[] }>(`/console/quarantine?search=${search}`)).body.items;
}

async function mailOf(name: string): Promise<string[]> {
  const found = await app.app.directory.addresses.resolve(app.database.db, `${name}@beichen.test`);
  const accountId = found.kind === 'account' ? found.accountId : 0;
  const scope = { accountId, readerId: accountId };
  const { store } = app.app.mail;
  const inbox = await store.mailboxByRole(app.database.db, scope, 'inbox');
  const entries = inbox ? await store.entries(app.database.db, scope, inbox.id) : [];
  const texts: string[] = [];
  for (const entry of entries)
    texts.push(
      (await (await store.open(app.database.db, accountId, entry.messageId))?.bytes())?.toString() ?? '',
    );
  return texts;
}

const inInbox = async (name: string, subject: string) =>
  (await mailOf(name)).filter((text) => text.includes(`Subject: ${subject}\r\n`));

describe('quarantine', () => {
  it('[MAIL-1] holds unwanted mail for each recipient; nobody below the institution sees or touches it', async () => {
    expect(await send('held-one', 'zhangwei', 'liuyang')).toMatch(/^250/);
    expect(await inInbox('zhangwei', 'held-one')).toEqual([]);
    const items = await held('held-one');
    expect(items.map((item) => item.to).sort()).toEqual(['liuyang@beichen.test', 'zhangwei@beichen.test']);
    expect(items[0]).toMatchObject({ from: 'a@soft.test', reason: 'spam', detail: 'DMARC' });
    const ids = { ids: items.map((item) => item.id) };
    expect((await app.stranger.get('/console/quarantine')).status).toBe(401);
    for (const name of ['zhangwei', 'liqiang']) {
      const person = await app.as(name);
      expect((await person.get('/console/quarantine')).status).toBe(403);
      expect((await person.get(`/console/quarantine/${items[0]?.id}`)).status).toBe(403);
      expect((await person.post('/console/quarantine/release', ids)).status).toBe(403);
      expect((await person.post('/console/quarantine/delete', ids)).status).toBe(403);
    }
  });

  it('[MAIL-1] an administrator reads the header as text, releases one unchanged and deletes the other', async () => {
    const admin = await app.as('chenjing');
    const items = await held('held-one');
    const mine = items.find((item) => item.to.startsWith('zhangwei'));
    const other = items.find((item) => item.to.startsWith('liuyang'));
    const view = await admin.get<Held>(`/console/quarantine/${mine?.id}`);
    expect(view.body.header).toMatch(/Authentication-Results: [\s\S]*dmarc=fail[\s\S]*Subject: held-one/);
    expect(
      (await admin.post<{ count: number }>('/console/quarantine/release', { ids: [mine?.id] })).body.count,
    ).toBe(1);
    await app.app.mail.queue.drain();
    const [text] = await inInbox('zhangwei', 'held-one');
    expect(text).toMatch(
      /^Return-Path: <a@soft\.test>\r\nDelivered-To: zhangwei@beichen\.test\r\nAuthentication-Results: /,
    );
    expect(text?.endsWith('\r\n\r\nbuy <b>this</b>\r\n')).toBe(true);
    expect(
      (await admin.post<{ count: number }>('/console/quarantine/delete', { ids: [other?.id] })).body.count,
    ).toBe(1);
    for (const what of ['release', 'delete'])
      expect(
        (
          await admin.post<{ count: number }>(`/console/quarantine/${what}`, {
            ids: items.map((item) => item.id),
          })
        ).body,
      ).toEqual({ count: 0 });
    expect(await held('held-one')).toEqual([]);
    expect(await inInbox('liuyang', 'held-one')).toEqual([]);
  });

  it('[MAIL-1] tells each person once a day, with links that release after a second look and only with their key', async () => {
    await send('held-two', 'zhangwei');
    await send('held-three', 'zhangwei');
    expect(await app.app.mail.quarantine.sendDigests(7)).toBe(0);
    expect(await app.app.mail.quarantine.sendDigests(8)).toBe(1);
    expect(await app.app.mail.quarantine.sendDigests(8)).toBe(0);
    await app.app.mail.queue.drain();
    const digest = (await mailOf('zhangwei')).at(-1) ?? '';
    const body = digest
      .split(/\r\n--/)
      .map((part) => Buffer.from(part.split('\r\n\r\n')[1] ?? '', 'base64').toString())
      .join('\n');
    expect(body).toContain('held-two');
    const paths = [...body.matchAll(/Release: \S+?(\/api\/v1\/quarantine\/\d+\/[\w-]+)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(paths).toHaveLength(2);
    const get = (url: string) => app.app.http.inject({ method: 'GET', url });
    const path = paths[0] ?? '';
    const page = await get(path);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).toContain('放行这封邮件');
    await app.app.mail.queue.drain();
    expect(
      (await inInbox('zhangwei', 'held-two')).length + (await inInbox('zhangwei', 'held-three')).length,
    ).toBe(0);
    const forged = `${path.slice(0, -3)}${path.endsWith('AAA') ? 'BBB' : 'AAA'}`;
    expect((await get(`${forged}/release`)).body).toContain('失效');
    const crossed = path.replace(/\d+/g, (id) => (id === '1' ? '1' : String(Number(id) + 1)));
    expect((await get(`${crossed}/release`)).body).toContain('失效');
    expect((await get(`${path}/release`)).body).toContain('已放行');
    expect((await get(`${path}/release`)).body).toContain('失效');
    await app.app.mail.queue.drain();
    expect(
      (await inInbox('zhangwei', 'held-two')).length + (await inInbox('zhangwei', 'held-three')).length,
    ).toBe(1);
  });

  it('[MAIL-1] two who release the same message at once deliver it once', async () => {
    await send('held-race', 'zhaomin');
    const admin = await app.as('chenjing');
    const ids = (await held('held-race')).map((item) => item.id);
    const counts = await Promise.all(
      [1, 2, 3].map(
        async () => (await admin.post<{ count: number }>('/console/quarantine/release', { ids })).body.count,
      ),
    );
    expect(counts.sort()).toEqual([0, 0, 1]);
    await app.app.mail.queue.drain();
    expect(await inInbox('zhaomin', 'held-race')).toHaveLength(1);
  });

  it('[MAIL-1] what nobody wanted goes after its time, and its body with it, but not before', async () => {
    await send('held-old', 'wangfang');
    const bodies = async () =>
      (
        await app.database.pool.query(
          "select count(*)::int as n from mail.quarantine q join mail.body b on b.hash = q.body_hash where q.subject = 'held-old'",
        )
      ).rows[0].n;
    app.clock.travel(29 * 86_400_000);
    await app.app.mail.sweep();
    expect(await bodies()).toBe(1);
    app.clock.travel(2 * 86_400_000);
    await app.app.mail.sweep();
    const { rows } = await app.database.pool.query('select count(*)::int as n from mail.quarantine');
    expect(rows[0].n).toBe(0);
  });
});
