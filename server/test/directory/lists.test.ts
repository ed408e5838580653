import type { Domain, ListContact, MailList, MailListDetail } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../src/kit/http/index.ts';
import { type ListsFixture, listsFixture, nobody } from '../mail/lists-kit.ts';

let fixture: ListsFixture;
beforeAll(async () => {
  fixture = await listsFixture();
});
afterAll(() => fixture.close());

describe('lists in the console', () => {
  it('[ADM-10] are for administrators of the institution: not for strangers, people, or administrators of a unit', async () => {
    const { as, stranger, create } = fixture;
    const list = await create({ address: 'rights' });
    const paths = ['/lists', `/lists/${list.id}`];
    for (const path of paths) expect((await stranger.get(path)).status).toBe(401);
    for (const name of ['liuyang', 'liqiang']) {
      const person = await as(name);
      for (const path of paths) expect([name, (await person.get(path)).status]).toEqual([name, 403]);
      expect((await person.post('/lists', { address: 'mine', name: 'x' })).status).toBe(403);
      expect((await person.patch(`/lists/${list.id}`, { name: 'x' })).status).toBe(403);
      expect((await person.post(`/lists/${list.id}/disable`)).status).toBe(403);
      expect((await person.delete(`/lists/${list.id}?confirm=rights@beichen.test`)).status).toBe(403);
      expect((await person.post(`/lists/${list.id}/resume`, { address: 'a@b.test' })).status).toBe(403);
    }
    expect((await (await as('chenjing')).get('/lists')).status).toBe(200);
  });

  it('[ADM-5] are found by name, pinyin and address and by state, in pinyin order; the address book shows the listed ones', async () => {
    const { create, admin, as } = fixture;
    await create({ address: 'zs', name: '招生工作组' });
    await create({ address: 'bks', name: '本科生导师', listed: false });
    const off = await create({ address: 'off', name: '招生停用' });
    await admin.post(`/lists/${off.id}/disable`);
    const names = async (query: string) =>
      (await admin.get<{ items: MailList[] }>(`/lists?${query}`)).body.items.map((one) => one.name);
    expect(await names('search=zhaosheng')).toEqual(
      ['招生工作组', '招生停用'].toSorted((a, b) => a.localeCompare(b, 'zh')),
    );
    expect(await names('search=zs@')).toEqual(['招生工作组']);
    expect(await names('state=disabled')).toEqual(['招生停用']);
    const all = await names('');
    expect(all.indexOf('本科生导师')).toBeLessThan(all.indexOf('招生工作组'));
    const person = await as('liuyang');
    const shown = (await person.get<{ items: ListContact[] }>('/directory/lists')).body.items.map(
      (one) => one.name,
    );
    expect(shown).toContain('招生工作组');
    expect(shown).not.toContain('本科生导师');
    expect(shown).not.toContain('招生停用');
  });

  it('[ADM-4.10] share one name space with accounts, aliases and unit mailboxes, also when two make the same name at once', async () => {
    const { create, admin, idOf, as } = fixture;
    expect((await admin.post('/lists', { address: 'zhangwei', name: 'x' })).status).toBe(409);
    expect((await admin.post('/lists', { address: 'postmaster', name: 'x' })).status).toBe(409);
    expect((await admin.post('/lists', { address: 'a'.repeat(41), name: 'x' })).status).toBe(400);
    await create({ address: 'taken-by-list' });
    const liuyang = await idOf('liuyang');
    expect((await admin.post(`/accounts/${liuyang}/aliases`, { alias: 'taken-by-list' })).status).toBe(409);
    expect((await admin.get('/names/taken-by-list')).body).toMatchObject({ available: false });
    const chenjing = await as('chenjing');
    for (let round = 0; round < 5; round++) {
      const name = `race-${round}`;
      const answers = await Promise.all([
        admin.post('/lists', { address: name, name }),
        chenjing.post('/lists', { address: name, name }),
        chenjing.post(`/accounts/${liuyang}/aliases`, { alias: name }),
        admin.post('/accounts', { name: '甲', account: name, password: 'Beichen-2026!demo' }),
      ]);
      expect(answers.filter((one) => one.status === 200)).toHaveLength(1);
      expect(answers.filter((one) => one.status === 409)).toHaveLength(3);
      const aliases = (await admin.get<{ aliases: string[] }>(`/accounts/${liuyang}`)).body.aliases;
      if (aliases.includes(name)) await admin.delete(`/accounts/${liuyang}/aliases/${name}`);
    }
  });

  it('[ADM-5] say what is wrong with a member, and change nothing then', async () => {
    const { create, admin } = fixture;
    const list = await create({ address: 'checked' });
    const set = (members: Partial<typeof nobody>) =>
      admin.patch<{ code: string }>(`/lists/${list.id}`, { members: { ...nobody, ...members } });
    expect((await set({ addresses: ['no address'] })).body.code).toBe('directory.bad_address');
    expect((await set({ addresses: ['nobody-here@beichen.test'] })).body.code).toBe(
      'directory.unknown_address',
    );
    expect((await set({ accountIds: [999_999] })).body.code).toBe('directory.unknown_person');
    expect((await set({ unitIds: [999_999] })).body.code).toBe('directory.unknown_unit');
    expect((await set({ listIds: [999_999] })).body.code).toBe('directory.unknown_list');
    expect((await set({ listIds: [list.id] })).body.code).toBe('directory.list_in_itself');
    expect((await admin.get<MailListDetail>(`/lists/${list.id}`)).body.entries).toEqual({
      accounts: 0,
      units: 0,
      lists: 0,
      addresses: 0,
    });
  });
});

describe('addresses of a domain', () => {
  it('[ADM-12] an alias domain has the addresses of another, also as sender; it gets none of its own', async () => {
    const { admin, as, send, drain, inbox, create } = fixture;
    await admin.post('/domains', { name: 'alias.test' });
    expect((await admin.patch('/domains/alias.test', { aliasOf: 'beichen.test' })).body).toMatchObject({
      aliasOf: 'beichen.test',
    });
    expect(await send({ from: 'a@example.test', to: 'LiuYang+x@alias.test', text: 'to the alias' })).toMatch(
      /^250/,
    );
    expect(await inbox('liuyang', 'to the alias')).toHaveLength(1);
    expect(await send({ from: 'a@example.test', to: 'nobody-here@alias.test' })).toMatch(/^550 5\.1\.1/);
    expect(
      await send({
        by: 'liuyang',
        from: 'liuyang@alias.test',
        to: 'zhangwei@beichen.test',
        text: 'from the alias',
      }),
    ).toMatch(/^250/);
    expect(await inbox('zhangwei', 'from the alias')).toHaveLength(1);
    await create({ address: 'both', members: { ...nobody, accountIds: [await fixture.idOf('liuyang')] } });
    await send({
      by: 'zhangwei',
      from: 'zhangwei@beichen.test',
      to: 'both@alias.test',
      text: 'list by its alias',
    });
    await drain();
    expect(await inbox('liuyang', 'list by its alias')).toHaveLength(1);
    expect((await admin.post('/lists', { address: 'own', name: 'x', domain: 'alias.test' })).status).toBe(
      409,
    );
    expect((await admin.patch('/domains/beichen.test', { aliasOf: 'alias.test' })).status).toBe(409);
    await admin.post('/domains', { name: 'third.test' });
    expect((await admin.patch('/domains/third.test', { aliasOf: 'alias.test' })).status).toBe(409);
    expect((await (await as('liqiang')).patch('/domains/third.test', { catchAllId: 1 })).status).toBe(403);
    await admin.post('/lists', { address: 'own', name: 'x', domain: 'third.test' });
    expect((await admin.patch('/domains/third.test', { aliasOf: 'beichen.test' })).status).toBe(409);
  });

  it('[ADM-12] a catch-all gets what nobody has, and nothing that somebody has; off by default', async () => {
    const { admin, idOf, send, inbox } = fixture;
    const to = 'typing-error@beichen.test';
    expect(await send({ from: 'a@example.test', to })).toMatch(/^550 5\.1\.1/);
    const zhaomin = await idOf('zhaomin');
    const set = (catchAllId: number | null) => admin.patch<Domain>('/domains/beichen.test', { catchAllId });
    expect((await set(zhaomin)).body.catchAll?.account).toBe('zhaomin');
    expect(await send({ from: 'a@example.test', to, text: 'caught' })).toMatch(/^250/);
    expect(await send({ from: 'a@example.test', to: 'liuyang@beichen.test', text: 'not caught' })).toMatch(
      /^250/,
    );
    expect(await inbox('zhaomin', 'caught')).toHaveLength(1);
    expect((await set(999_999)).status).toBe(400);
    await set(null);
    expect(await send({ from: 'a@example.test', to })).toMatch(/^550 5\.1\.1/);
  });
});

describe('an account that is gone for good', () => {
  it('[ADM-4.5] leaves no mail, no rules, no sign-in and no place on a list behind', async () => {
    const { admin, create, send, clock, app, database, settle } = fixture;
    const made = await admin.post<{ id: number }>('/accounts', {
      name: '离开的人',
      account: 'leaver',
      password: 'Beichen-2026!demo',
    });
    const { id } = made.body;
    const list = await create({
      address: 'withleaver',
      moderatorIds: [id],
      members: { ...nobody, accountIds: [id] },
    });
    await send({ from: 'a@example.test', to: 'leaver@beichen.test', text: 'soon gone' });
    await app.mail.filters.scripts.put(database.db, id, 's', 'keep;');
    const tables = async () => {
      const { rows } = await database.pool.query<{ name: string }>(
        "select table_schema || '.' || table_name as name from information_schema.columns where column_name = 'account_id' and table_schema in ('mail', 'identity') order by 1",
      );
      const left: string[] = [];
      for (const { name } of rows) {
        const found = await database.pool.query(`select 1 from ${name} where account_id = $1 limit 1`, [id]);
        if (found.rowCount) left.push(name);
      }
      return left;
    };
    const before = await tables();
    expect(before).toContain('mail.entry');
    expect(before).toContain('mail.sieve_script');
    expect(before).toContain('identity.credential');
    await admin.delete(`/accounts/${id}`);
    clock.travel(8 * 86_400_000);
    await app.directory.accounts.purgeDue(systemActor('purge'));
    await settle();
    // The message log and the sign-in history are records of what happened, kept for their own time.
    expect((await tables()).filter((name) => !KEPT.has(name))).toEqual([]);
    expect((await admin.get<MailListDetail>(`/lists/${list.id}`)).body).toMatchObject({
      entries: { accounts: 0 },
      moderators: [],
    });
    expect(await send({ from: 'a@example.test', to: 'leaver@beichen.test' })).toMatch(/^550 5\.1\.1/);
  });
});
const KEPT = new Set(['mail.recipient', 'mail.transfer', 'identity.sign_in']);
