import type { HeldMessage, MailListDetail } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMessage } from '../../src/mail/protocol/mime/index.ts';
import { type ListsFixture, listsFixture, nobody } from './lists-kit.ts';

let fixture: ListsFixture;
beforeAll(async () => {
  fixture = await listsFixture();
});
afterAll(() => fixture.close());

const ZHANG = 'zhangwei@beichen.test';

function header(text: string, name: string): string[] {
  const block = text.slice(0, text.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return block
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((line) => line.slice(name.length + 1).trim());
}

const linkIn = (text: string) =>
  /<http[^>]*?(\/api\/v1\/lists\/leave\/[^>]+)>/.exec(text.replace(/\r\n[ \t]+/g, ' '))?.[1] ?? '';

async function post(url: string, type: string, payload: string, headers: Record<string, string> = {}) {
  return fixture.app.http.inject({
    method: 'POST',
    url,
    headers: { 'content-type': type, ...headers },
    payload,
  });
}

describe('a message to a list', () => {
  it('[ADM-5] reaches everybody once: by name, by unit, by nested lists that name each other, and outside', async () => {
    const { create, idOf, unitIdOf, admin, send, drain, inbox, outbox } = fixture;
    const inner = await create({
      address: 'inner',
      members: {
        ...nobody,
        accountIds: [await idOf('liuyang'), await idOf('zhangwei')],
        addresses: ['Guest@Partner.Test'],
      },
    });
    const outer = await create({
      address: 'outer',
      name: '全体人员',
      members: {
        accountIds: [await idOf('zhangwei')],
        unitIds: [await unitIdOf('教务处')],
        listIds: [inner.id],
        addresses: ['guest@partner.test', 'liqiang@beichen.test', 'second@partner.test'],
      },
    });
    // An address of ours becomes the account that has it.
    expect(outer.members.addresses.map((one) => one.address)).toEqual([
      'guest@partner.test',
      'second@partner.test',
    ]);
    await admin.patch(`/lists/${inner.id}`, {
      members: {
        ...nobody,
        accountIds: [await idOf('liuyang')],
        listIds: [outer.id],
        addresses: ['guest@partner.test'],
      },
    });
    expect(
      await send({ by: 'zhangwei', from: ZHANG, to: 'outer@beichen.test', text: 'everybody once' }),
    ).toMatch(/^250/);
    await drain();
    for (const account of ['zhangwei', 'liuyang', 'liqiang', 'zhaomin']) {
      const mails = await inbox(account, 'everybody once');
      expect([account, mails.length]).toEqual([account, 1]);
      expect(header(mails[0] ?? '', 'List-Id')[0]).toMatch(/<outer\.beichen\.test>$/);
      expect(header(mails[0] ?? '', 'Return-Path')).toEqual(['<outer+bounces@beichen.test>']);
      expect(header(mails[0] ?? '', 'List-Unsubscribe-Post')).toEqual(['List-Unsubscribe=One-Click']);
    }
    const { rows } = await fixture.database.pool.query<{ n: number; different: number }>(
      "select count(*)::int as n, count(distinct account_id)::int as different from mail.message where body_hash = (select t.body_hash from mail.transfer t join mail.transfer c on c.ref = t.cause where c.subject = 'everybody once' limit 1)",
    );
    const detail = (await admin.get<MailListDetail>(`/lists/${outer.id}`)).body;
    expect(rows[0]).toEqual({ n: detail.reach.people, different: detail.reach.people });
    const sent = await outbox('everybody once');
    expect(sent.flatMap((one) => one.to).toSorted()).toEqual(['guest@partner.test', 'second@partner.test']);
    // Each outside address has a bounce address and a link of its own.
    expect(new Set(sent.map((one) => one.from)).size).toBe(2);
    expect(sent[0]?.from).toMatch(/^outer\+b-x\d+-[a-z2-7]+@beichen\.test$/);
    expect(new Set(sent.map((one) => linkIn(one.text))).size).toBe(2);
  });

  it('[ADM-5] is told in the trace as what it made', async () => {
    const { rows } = await fixture.database.pool.query<{ reply: string; state: string; made: number }>(
      "select r.reply, r.state, (select count(*)::int from mail.transfer c where c.cause = t.ref) as made from mail.recipient r join mail.transfer t using (transfer_id) where r.address = 'outer@beichen.test'",
    );
    expect(rows[0]?.state).toBe('delivered');
    expect(rows[0]?.reply).toMatch(/^sent on to \d+ members here and 2 outside$/);
    expect(rows[0]?.made).toBeGreaterThan(2);
  });

  it('[ADM-5] is refused at RCPT when the sender may not, with 5.7.1; a disabled list says 5.2.1, a deleted one 5.1.1', async () => {
    const { create, idOf, admin, send } = fixture;
    const list = await create({
      address: 'closed',
      senders: 'members',
      members: { ...nobody, accountIds: [await idOf('liuyang')], addresses: ['friend@partner.test'] },
    });
    const to = 'closed@beichen.test';
    expect(await send({ by: 'zhangwei', from: ZHANG, to })).toMatch(/^550 5\.7\.1/);
    expect(await send({ from: 'stranger@example.test', to })).toMatch(/^550 5\.7\.1/);
    // Whoever claims to be one of us has to sign in.
    expect(await send({ from: 'liuyang@beichen.test', to })).toMatch(/^550 5\.7\.1/);
    expect(await send({ from: '', to })).toMatch(/^550 5\.7\.1/);
    expect(await send({ by: 'liuyang', from: 'liuyang@beichen.test', to })).toMatch(/^250/);
    expect(await send({ from: 'Friend@partner.test', to })).toMatch(/^250/);
    await admin.patch(`/lists/${list.id}`, {
      senders: 'chosen',
      chosen: { ...nobody, unitIds: [await fixture.unitIdOf('教务处')] },
    });
    expect(await send({ by: 'zhangwei', from: ZHANG, to })).toMatch(/^250/);
    expect(await send({ by: 'liuyang', from: 'liuyang@beichen.test', to })).toMatch(/^550 5\.7\.1/);
    await admin.post(`/lists/${list.id}/disable`);
    expect(await send({ by: 'zhangwei', from: ZHANG, to })).toMatch(/^550 5\.2\.1/);
    await admin.post(`/lists/${list.id}/enable`);
    expect(await send({ by: 'zhangwei', from: ZHANG, to })).toMatch(/^250/);
    expect((await admin.delete(`/lists/${list.id}?confirm=closed`)).status).toBe(400);
    expect((await admin.delete(`/lists/${list.id}?confirm=closed@beichen.test`)).status).toBe(200);
    expect(await send({ by: 'zhangwei', from: ZHANG, to })).toMatch(/^550 5\.1\.1/);
    expect(await send({ from: 'stranger@example.test', to: 'outer+b-x1-aaaaaaaaaa@beichen.test' })).toMatch(
      /^550 5\.1\.1/,
    );
  });

  it('[ADM-5] that has been through the list already goes nowhere, and nobody is told', async () => {
    const { create, idOf, send, drain, inbox, outbox } = fixture;
    await create({
      address: 'loop',
      senders: 'anybody',
      members: { ...nobody, accountIds: [await idOf('liuyang')] },
    });
    const looped = await send({
      from: 'a@example.test',
      to: 'loop@beichen.test',
      text: 'round and round',
      header: 'X-Loop: loop@beichen.test\r\n',
    });
    expect(looped).toMatch(/^250/);
    await drain();
    expect(await inbox('liuyang', 'round and round')).toEqual([]);
    expect(await outbox('round and round')).toEqual([]);
  });

  it('[ADM-5] obeys the members’ own rules, and leaves the sender out where the list says so', async () => {
    const { create, idOf, send, drain, inbox, outbox } = fixture;
    await create({
      address: 'rules',
      skipSender: true,
      members: {
        ...nobody,
        accountIds: [await idOf('liuyang'), await idOf('zhangwei'), await idOf('zhaomin')],
      },
    });
    const script =
      'require "fileinto"; if header :contains "list-id" "rules.beichen.test" { fileinto "Archive"; stop; }';
    const { scripts } = fixture.app.mail.filters;
    const zhaomin = await idOf('zhaomin');
    await scripts.put(fixture.database.db, zhaomin, 's', script);
    await scripts.activate(fixture.database.db, zhaomin, { name: 's' });
    await send({ by: 'zhangwei', from: ZHANG, to: 'rules@beichen.test', text: 'mind the rules' });
    await drain();
    expect(await inbox('liuyang', 'mind the rules')).toHaveLength(1);
    expect(await inbox('zhangwei', 'mind the rules')).toHaveLength(0);
    expect(await inbox('zhaomin', 'mind the rules')).toHaveLength(0);
    const { rows } = await fixture.database.pool.query(
      "select b.path from mail.entry e join mail.mailbox b using (account_id, mailbox_id) join mail.message m using (account_id, message_id) where e.account_id = $1 and m.subject = 'mind the rules'",
      [zhaomin],
    );
    expect(rows).toEqual([{ path: 'Archive' }]);
    expect(await outbox('mind the rules')).toEqual([]);
  });
});

describe('moderation of a list', () => {
  async function held(text: string, list: string): Promise<HeldMessage> {
    await fixture.send({ from: 'outsider@example.test', to: `${list}@beichen.test`, text });
    await fixture.drain();
    const moderator = await fixture.as('zhangwei');
    const waiting = (await moderator.get<HeldMessage[]>('/lists/held')).body;
    const found = waiting.find((one) => one.subject === text);
    if (!found) throw new Error('not held');
    return found;
  }

  beforeAll(async () => {
    const { create, idOf } = fixture;
    await create({
      address: 'moderated',
      senders: 'anybody',
      moderation: 'outsiders',
      moderatorIds: [await idOf('zhangwei')],
      members: { ...nobody, accountIds: [await idOf('liuyang')] },
    });
  });

  it('[ADM-5] wants somebody who moderates', async () => {
    const answer = await fixture.admin.post<{ field: string }>('/lists', {
      address: 'nomods',
      name: 'x',
      moderation: 'all',
    });
    expect([answer.status, answer.body.field]).toEqual([400, 'moderatorIds']);
    // Nothing of it is left: the address is free.
    expect((await fixture.admin.get('/names/nomods')).body).toEqual({ available: true });
  });

  it('[ADM-5] holds a message until one of the moderators releases it, once', async () => {
    const { inbox, drain, as } = fixture;
    const message = await held('please release', 'moderated');
    expect(await inbox('liuyang', 'please release')).toEqual([]);
    expect(await inbox('zhangwei', 'please release')).toHaveLength(1);
    const stranger = await as('liuyang');
    expect((await stranger.get<HeldMessage[]>('/lists/held')).body).toEqual([]);
    expect((await stranger.post(`/lists/held/${message.id}/release`, {})).status).toBe(403);
    expect((await fixture.stranger.post(`/lists/held/${message.id}/release`, {})).status).toBe(401);
    const moderator = await as('zhangwei');
    const both = await Promise.all([
      moderator.post(`/lists/held/${message.id}/release`, {}),
      fixture.admin.post(`/lists/held/${message.id}/reject`, {}),
    ]);
    expect(both.map((one) => one.status).toSorted()).toEqual([200, 409]);
    await drain();
    const released = both[0].status === 200;
    expect(await inbox('liuyang', 'please release')).toHaveLength(released ? 1 : 0);
  });

  it('[ADM-5] tells the sender of a rejection and its reason', async () => {
    const { outbox, inbox, drain, as } = fixture;
    const message = await held('please reject', 'moderated');
    const moderator = await as('zhangwei');
    await moderator.post(`/lists/held/${message.id}/reject`, { reason: 'not about our subject' });
    await drain();
    expect(await inbox('liuyang', 'please reject')).toEqual([]);
    const told = await outbox('not about our subject');
    expect(told.map((one) => [one.from, one.to])).toEqual([['', ['outsider@example.test']]]);
  });

  it('[ADM-5] works by a signed link in mail; looking at it changes nothing, and another’s link is worth nothing', async () => {
    const { inbox, drain } = fixture;
    await held('link me', 'moderated');
    const [notice = ''] = await inbox('zhangwei', 'link me');
    const { bodyText } = parseMessage(Buffer.from(notice));
    const url = /release: http:\/\/localhost:3000(\S+)/.exec(bodyText)?.[1] ?? '';
    const shown = await fixture.app.http.inject({ method: 'GET', url });
    expect([shown.statusCode, shown.body.includes('link me')]).toEqual([200, true]);
    await drain();
    expect(await inbox('liuyang', 'link me')).toEqual([]);
    const forged = url.replace('release', 'reject');
    expect((await post(forged, 'application/x-www-form-urlencoded', '')).statusCode).toBe(404);
    const form = { origin: 'http://localhost:3000' };
    expect((await post(url, 'application/x-www-form-urlencoded', '', form)).statusCode).toBe(200);
    expect((await post(url, 'application/x-www-form-urlencoded', '', form)).statusCode).toBe(409);
    await drain();
    expect(await inbox('liuyang', 'link me')).toHaveLength(1);
  });

  it('[ADM-5] lets the moderators’ own messages through, and sends back after 14 days what nobody has decided', async () => {
    const { send, drain, inbox, outbox } = fixture;
    await send({ by: 'zhangwei', from: ZHANG, to: 'moderated@beichen.test', text: 'from the moderator' });
    await drain();
    expect(await inbox('liuyang', 'from the moderator')).toHaveLength(1);
    await held('forgotten', 'moderated');
    await fixture.database.pool.query(
      "update mail.list_held set created_at = created_at - interval '15 days' where subject = 'forgotten'",
    );
    await fixture.database.pool.query(
      "update mail.recipient set next_at = now() - interval '1 minute' where recipient_id = (select recipient_id from mail.list_held where subject = 'forgotten')",
    );
    await drain();
    expect(await outbox('nobody released the message in time')).toHaveLength(1);
  });
});

describe('leaving a list', () => {
  it('[ADM-5] takes one click over HTTP (RFC 8058), for members here and outside, also for those whom a unit names', async () => {
    const { create, send, drain, inbox, outbox, unitIdOf, idOf } = fixture;
    const list = await create({
      address: 'news',
      members: {
        ...nobody,
        unitIds: [await unitIdOf('教务处')],
        addresses: ['reader@partner.test', 'other@partner.test'],
      },
    });
    await send({ by: 'zhangwei', from: ZHANG, to: 'news@beichen.test', text: 'first issue' });
    await drain();
    const here = linkIn((await inbox('zhaomin', 'first issue'))[0] ?? '');
    const outside = linkIn(
      (await outbox('first issue')).find((one) => one.to[0] === 'reader@partner.test')?.text ?? '',
    );
    expect((await fixture.app.http.inject({ method: 'GET', url: here })).statusCode).toBe(200);
    expect(
      (await post(here, 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click')).statusCode,
    ).toBe(200);
    const multipart =
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n';
    expect((await post(outside, 'multipart/form-data; boundary=b', multipart)).statusCode).toBe(200);
    // The same click twice says the same.
    expect((await post(outside, 'multipart/form-data; boundary=b', multipart)).statusCode).toBe(200);
    expect((await post(`${here}x`, 'application/x-www-form-urlencoded', '')).statusCode).toBe(404);
    await send({ by: 'zhangwei', from: ZHANG, to: 'news@beichen.test', text: 'second issue' });
    await drain();
    expect(await inbox('zhaomin', 'second issue')).toEqual([]);
    expect(await inbox('zhangwei', 'second issue')).toHaveLength(1);
    expect((await outbox('second issue')).flatMap((one) => one.to)).toEqual(['other@partner.test']);
    // Put in by name, he is back.
    await fixture.admin.patch(`/lists/${list.id}`, {
      members: { ...nobody, accountIds: [await idOf('zhaomin')], addresses: ['other@partner.test'] },
    });
    await send({ by: 'zhangwei', from: ZHANG, to: 'news@beichen.test', text: 'third issue' });
    await drain();
    expect(await inbox('zhaomin', 'third issue')).toHaveLength(1);
  });

  it('[ADM-5] works by mail, and not at all where the list does not let go', async () => {
    const { create, send, drain, outbox, admin } = fixture;
    const list = await create({
      address: 'bymail',
      members: { ...nobody, addresses: ['leaver@partner.test'] },
    });
    await send({ by: 'zhangwei', from: ZHANG, to: 'bymail@beichen.test', text: 'one more' });
    await drain();
    const [mail] = await outbox('one more');
    const to = /<mailto:([^?>]+)\?subject=leave>/.exec(mail?.text ?? '')?.[1] ?? '';
    await admin.patch(`/lists/${list.id}`, { leavable: false });
    expect((await post(linkIn(mail?.text ?? ''), 'application/x-www-form-urlencoded', '')).statusCode).toBe(
      403,
    );
    await send({ from: 'leaver@partner.test', to });
    await drain();
    expect((await admin.get<MailListDetail>(`/lists/${list.id}`)).body.reach.outside).toBe(1);
    await send({ by: 'zhangwei', from: ZHANG, to: 'bymail@beichen.test', text: 'no way out' });
    await drain();
    expect((await outbox('no way out'))[0]?.text).not.toContain('List-Unsubscribe');
    await admin.patch(`/lists/${list.id}`, { leavable: true });
    await send({ from: 'leaver@partner.test', to });
    await drain();
    expect((await admin.get<MailListDetail>(`/lists/${list.id}`)).body.reach.outside).toBe(0);
  });
});

describe('bounces of a list', () => {
  const report = (action: string, status: string) =>
    `MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.partner.test\r\n\r\nFinal-Recipient: rfc822; dead@partner.test\r\nAction: ${action}\r\nStatus: ${status}\r\n\r\n--b--\r\n`;

  it('[ADM-5] suspend an address outside after the limit; delays and automatic answers do not count; an administrator resumes it', async () => {
    const { create, send, drain, outbox, admin } = fixture;
    const list = await create({
      address: 'fails',
      bounceLimit: 2,
      members: { ...nobody, addresses: ['dead@partner.test', 'live@partner.test'] },
    });
    const issue = async (text: string) => {
      await send({ by: 'zhangwei', from: ZHANG, to: 'fails@beichen.test', text });
      await drain();
      return outbox(text);
    };
    const first = await issue('issue one');
    const to = first.find((one) => one.to[0] === 'dead@partner.test')?.from ?? '';
    expect(await send({ from: 'somebody@partner.test', to })).toMatch(/^550 5\.7\.1/);
    const state = async () =>
      (await admin.get<MailListDetail>(`/lists/${list.id}`)).body.members.addresses.find(
        (one) => one.address === 'dead@partner.test',
      );
    await send({ from: '', to, header: report('delayed', '4.4.1') });
    await send({ from: '', to, header: 'Auto-Submitted: auto-replied\r\n' });
    await send({ from: '', to, header: report('failed', '5.2.2') });
    await send({ from: '', to, header: report('failed', '5.2.2') });
    await drain();
    expect(await state()).toMatchObject({ bounces: 1, suspended: false });
    await send({ from: '', to, header: report('failed', '5.1.1') });
    await drain();
    expect(await state()).toMatchObject({ bounces: 2, suspended: true });
    expect((await issue('issue two')).flatMap((one) => one.to)).toEqual(['live@partner.test']);
    await admin.post(`/lists/${list.id}/resume`, { address: 'dead@partner.test' });
    expect((await issue('issue three')).flatMap((one) => one.to).toSorted()).toEqual([
      'dead@partner.test',
      'live@partner.test',
    ]);
  });

  it('[ADM-5] mail to the people behind the list reaches the owners', async () => {
    const { create, idOf, send, drain, inbox } = fixture;
    await create({ address: 'owned', senders: 'members', ownerIds: [await idOf('liqiang')] });
    expect(
      await send({ from: 'stranger@example.test', to: 'owned+owner@beichen.test', text: 'may I join' }),
    ).toMatch(/^250/);
    await drain();
    expect(await inbox('liqiang', 'may I join')).toHaveLength(1);
  });
});
