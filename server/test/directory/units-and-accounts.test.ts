import type { Account, AuditEntry, Message, Problem, Unit } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
let admin: Person;
let liqiang: Person;
let zhangwei: Person;
const PASSWORD = 'Xin-Tong-Shi#2026';

beforeAll(async () => {
  test = await startApp();
  admin = await test.as('admin');
  liqiang = await test.as('liqiang');
  zhangwei = await test.as('zhangwei');
});
afterAll(() => test?.close());

const units = async (person: Person, query = '') => (await person.get<Unit[]>(`/units${query}`)).body;
const unitByPath = async (path: string): Promise<Unit> => {
  const found = (await units(admin, `?search=${encodeURIComponent(path.split('/').at(-1) ?? '')}`)).find(
    (unit) => unit.path === path,
  );
  if (!found) throw new Error(path);
  return found;
};
const create = (person: Person, body: Record<string, unknown>) =>
  person.post<Account & Problem>('/accounts', { name: '新人', password: PASSWORD, ...body });

describe('units', () => {
  it('[ADM-3.1] shows the first level with the counts of direct children and accounts, the default unit last', async () => {
    const first = await units(admin);
    expect(first.length).toBeGreaterThanOrEqual(24);
    expect(first.at(-1)).toMatchObject({ name: '默认部门', isDefault: true });
    const center = first.find((unit) => unit.name === '信息中心');
    expect(center).toMatchObject({ children: 3 });
    expect(center?.accounts).toBeGreaterThan(0);
  });

  it('[ADM-3.2] keeps names unique among siblings and free across parents', async () => {
    const one = await admin.post<Unit>('/units', { name: '测试部', parentId: null });
    expect(one.status).toBe(200);
    expect((await admin.post<Problem>('/units', { name: '测试部', parentId: null })).body.field).toBe('name');
    const inner = await admin.post<Unit>('/units', { name: '测试部', parentId: one.body.id });
    expect(inner.body.path).toBe('测试部/测试部');
    const renamed = await admin.patch<Unit>(`/units/${one.body.id}`, { name: '实验部' });
    expect(renamed.status).toBe(200);
    expect((await unitByPath('实验部/测试部')).id).toBe(inner.body.id);
  });

  it('[ADM-3.3] moves among siblings only; the top cannot go up, the bottom not down', async () => {
    const parent = await admin.post<Unit>('/units', { name: '顺序部', parentId: null });
    const ids = [];
    for (const name of ['甲', '乙', '丙'])
      ids.push((await admin.post<Unit>('/units', { name, parentId: parent.body.id })).body.id);
    const names = async () => (await units(admin, `?parent=${parent.body.id}`)).map((unit) => unit.name);
    expect((await admin.post<Problem>(`/units/${ids[0]}/move`, { direction: 'up' })).body.code).toBe(
      'directory.unit_at_top',
    );
    expect((await admin.post<Problem>(`/units/${ids[2]}/move`, { direction: 'down' })).body.code).toBe(
      'directory.unit_at_bottom',
    );
    expect((await admin.post(`/units/${ids[2]}/move`, { direction: 'up' })).status).toBe(200);
    expect(await names()).toEqual(['甲', '丙', '乙']);
  });

  it('[ADM-3.4] refuses to delete a department that has accounts or child units, and says why', async () => {
    const { id } = await unitByPath('信息中心');
    expect((await admin.delete<Problem>(`/units/${id}`)).body.message).toContain('子部门');
    const leaf = await unitByPath('信息中心/网络部');
    expect((await admin.delete<Problem>(`/units/${leaf.id}`)).body.message).toContain('帐号');
    const empty = await admin.post<Unit>('/units', { name: '空部门', parentId: null });
    expect((await admin.delete(`/units/${empty.body.id}`)).status).toBe(200);
  });

  it('[ADM-3.5] the default unit holds whoever has no unit', async () => {
    const made = await create(admin, { account: 'wubumen' });
    expect(made.body.unit).toBeUndefined();
    const center = await unitByPath('信息中心');
    await admin.patch(`/accounts/${made.body.id}`, { unitId: center.id });
    expect((await admin.get<Account>(`/accounts/${made.body.id}`)).body.unit?.name).toBe('信息中心');
    await admin.patch(`/accounts/${made.body.id}`, { unitId: null });
    expect((await admin.get<Account>(`/accounts/${made.body.id}`)).body.unit).toBeUndefined();
  });
});

describe('accounts', () => {
  it('[ADM-4.1] creates one that can sign in at once, and names what is wrong otherwise', async () => {
    expect((await create(admin, { account: 'xinren' })).status).toBe(200);
    expect((await (await test.as('xinren', PASSWORD)).get('/session')).status).toBe(200);
    expect((await create(admin, { account: 'XinRen' })).body.code).toBe('directory.name_taken');
    expect((await create(admin, { account: 'a..b' })).body.field).toBe('account');
    expect((await create(admin, { account: 'postmaster' })).body.code).toBe('directory.reserved_name');
    expect((await create(admin, { account: 'ruo', password: 'abc' })).body.fields?.[0]?.field).toBe(
      'password',
    );
    expect((await create(admin, { account: 'shouji', boundPhone: '12345' })).body.field).toBe('boundPhone');
    expect((await create(admin, { account: 'shenfen', nationalId: '110101199003070000' })).body.field).toBe(
      'nationalId',
    );
    expect((await create(admin, { account: 'shouji2', boundPhone: '13810000004' })).body.code).toBe(
      'directory.phone_taken',
    );
  });

  it('[ADM-4.3] sorts names by pinyin, page after page without a gap', async () => {
    const names: string[] = [];
    let after: string | undefined;
    do {
      const page: { items: Account[]; next?: string; total?: number } = (
        await admin.get<{ items: Account[]; next?: string; total?: number }>(
          `/accounts?limit=37&sort=name${after ? `&after=${after}` : ''}`,
        )
      ).body;
      names.push(...page.items.map((account) => account.name));
      after = page.next;
      expect(page.total).toBeGreaterThan(220);
    } while (after);
    expect(names.length).toBeGreaterThan(220);
    expect(new Set(names).size).toBeGreaterThan(200);
    // As surnames are read: shen and zeng, not chen and ceng.
    const surnames = ['曹', '陈', '李', '沈', '王', '杨', '曾', '张'];
    const places = surnames.map((surname) =>
      names.flatMap((name, index) => (name.startsWith(surname) ? [index] : [])),
    );
    for (const [index, own] of places.entries()) {
      const next = places[index + 1];
      if (next) expect(Math.max(...own), surnames[index]).toBeLessThan(Math.min(...next));
    }
    const down = (await admin.get<{ items: Account[] }>('/accounts?limit=5&sort=-address')).body.items.map(
      (account) => account.account,
    );
    expect(down).toEqual([...down].sort().reverse());
  });

  it('[ADM-4.7] finds by name, pinyin, initials, address and number', async () => {
    for (const search of ['张伟', 'zhangwei', 'zw', '20180066', 'ZHANGW']) {
      const { items } = (
        await admin.get<{ items: Account[] }>(`/accounts?search=${encodeURIComponent(search)}`)
      ).body;
      expect(
        items.map((account) => account.account),
        search,
      ).toContain('zhangwei');
    }
  });

  it('[ADM-4.5] keeps the name of a deleted account for seven days, restores it, and frees it after', async () => {
    const { body } = await create(admin, { account: 'liushi' });
    const deleted = await admin.delete<Account>(`/accounts/${body.id}`);
    expect(deleted.body).toMatchObject({ state: 'deleted' });
    expect(deleted.body.purgeAt).toBeDefined();
    expect((await create(admin, { account: 'liushi' })).status).toBe(409);
    expect((await admin.post<Account>(`/accounts/${body.id}/restore`)).body.state).toBe('active');
    await admin.delete(`/accounts/${body.id}`);

    test.clock.travel(8 * 86_400_000);
    try {
      await test.app.directory.accounts.purgeDue({
        accountId: 0,
        name: 'purge',
        address: '',
        locale: 'zh-CN',
      });
      const again = await test.as('admin');
      expect((await create(again, { account: 'liushi' })).status).toBe(200);
    } finally {
      test.clock.travel(-8 * 86_400_000);
    }
  });

  it('[ADM-4.6] disabling ends what is signed in', async () => {
    const { body } = await create(admin, { account: 'tingyong' });
    const person = await test.as('tingyong', PASSWORD);
    await admin.post(`/accounts/${body.id}/disable`);
    expect((await person.get('/session')).status).toBe(401);
  });

  it('[ADM-4.10] gives up to three aliases, unique over everything, and tells the person', async () => {
    const { body } = await create(admin, { account: 'bieming' });
    const add = (alias: string) => admin.post<Account & Problem>(`/accounts/${body.id}/aliases`, { alias });
    for (const alias of ['bm1', 'bm2', 'bm3']) expect((await add(alias)).status).toBe(200);
    expect((await add('bm4')).body.code).toBe('directory.too_many_aliases');
    const other = await create(admin, { account: 'bieming2' });
    expect(
      (await admin.post<Problem>(`/accounts/${other.body.id}/aliases`, { alias: 'bm1' })).body.code,
    ).toBe('directory.name_taken');
    expect((await create(admin, { account: 'bm2' })).body.code).toBe('directory.name_taken');
    expect((await admin.delete<Account>(`/accounts/${body.id}/aliases/bm1`)).body.aliases).toEqual([
      'bm2',
      'bm3',
    ]);
    const person = await test.as('bieming', PASSWORD);
    const kinds = (await person.get<{ items: Message[] }>('/messages')).body.items.map(
      (message) => message.kind,
    );
    expect(kinds.filter((kind) => kind === 'alias_added')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'alias_deleted')).toHaveLength(1);
  });

  it('[ID-13] shows a bound phone masked; the whole number is asked for, and written down', async () => {
    const { items } = (await admin.get<{ items: Account[] }>('/accounts?search=zhangwei')).body;
    const account = items.find((entry) => entry.account === 'zhangwei');
    expect(account?.boundPhone).toBe('138****0004');
    const stored = await test.database.pool.query<{ t: string }>(
      "select a::text as t from directory.account a where local = 'zhangwei'",
    );
    expect(stored.rows[0]?.t).not.toContain(Buffer.from('13810000004').toString('hex'));
    const revealed = await admin.post<{ phone: string }>(`/accounts/${account?.id}/reveal-phone`);
    expect(revealed.body.phone).toBe('13810000004');
    const log = (await admin.get<{ items: AuditEntry[] }>('/audit?search=reveal')).body.items;
    expect(log[0]).toMatchObject({ action: 'account.reveal_phone', target: 'zhangwei', actor: 'admin' });
  });
});

describe('tiers of administrators', () => {
  it('[ADM-10] a unit administrator sees and changes only his subtree', async () => {
    expect((await units(liqiang)).map((unit) => unit.name)).toEqual(['信息中心']);
    const { items } = (await liqiang.get<{ items: Account[] }>('/accounts?limit=200')).body;
    expect(items.every((account) => account.unit?.path.startsWith('信息中心'))).toBe(true);
    const outside = (await admin.get<{ items: Account[] }>('/accounts?search=zhangwei')).body.items[0];
    for (const answer of [
      await liqiang.get<Problem>(`/accounts/${outside?.id}`),
      await liqiang.patch<Problem>(`/accounts/${outside?.id}`, { name: 'x' }),
      await liqiang.delete<Problem>(`/accounts/${outside?.id}`),
      await liqiang.put<Problem>(`/accounts/${outside?.id}/password`, { password: PASSWORD }),
      await liqiang.post<Problem>('/units', { name: '越权', parentId: null }),
      await liqiang.patch<Problem>(`/units/${(await unitByPath('教务处')).id}`, { name: 'x' }),
      await create(liqiang, { account: 'yuequan', unitId: (await unitByPath('教务处')).id }),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.body.message).toBe('您没有权限');
    }
    const inside = await create(liqiang, {
      account: 'zhengchang',
      unitId: (await unitByPath('信息中心/网络部')).id,
    });
    expect(inside.status).toBe(200);
  });

  it('[ADM-10] nobody changes a peer, a higher one, or himself as administrator', async () => {
    const id = async (name: string) =>
      (await admin.get<{ items: Account[] }>(`/accounts?search=${name}`)).body.items.find(
        (account) => account.account === name,
      )?.id ?? 0;
    const company = await test.as('chenjing');
    expect((await company.delete(`/accounts/${await id('admin')}`)).status).toBe(403);
    expect((await liqiang.post(`/accounts/${await id('liqiang')}/disable`)).status).toBe(403);
    expect(
      (await company.post('/administrators', { accountId: await id('zhangwei'), tier: 'company' })).status,
    ).toBe(403);
    expect((await admin.delete(`/accounts/${await id('admin')}`)).status).toBe(403);
  });

  it('[ADM-10] appoints, asks before moving an appointment, and revokes', async () => {
    const center = await unitByPath('信息中心/系统部');
    const jwc = await unitByPath('教务处');
    const person = (await create(admin, { account: 'guanliyuan', unitId: center.id })).body;
    const appoint = (by: Person, body: Record<string, unknown>) =>
      by.post<Problem>('/administrators', { accountId: person.id, tier: 'unit', ...body });
    expect((await appoint(zhangwei, { unitId: center.id })).status).toBe(403);
    expect((await appoint(liqiang, { unitId: center.id })).status).toBe(200);
    const again = await appoint(admin, { unitId: jwc.id });
    expect(again.body.code).toBe('directory.appointed_elsewhere');
    expect((await appoint(admin, { unitId: jwc.id, replace: true })).status).toBe(200);
    expect((await liqiang.delete(`/administrators/${person.id}`)).status).toBe(403);
    expect((await admin.delete(`/administrators/${person.id}`)).status).toBe(200);
  });

  it('[ADM-10] ordinary users never enter the console', async () => {
    for (const path of [
      '/console/home',
      '/accounts',
      '/units',
      '/administrators',
      '/audit',
      '/domains',
      '/unit-mailboxes',
      '/console/queue',
      '/console/failed-actions',
      '/console/outbox/sms',
    ]) {
      expect((await zhangwei.get(path)).status, path).toBe(403);
    }
    for (const path of [
      '/console/home',
      '/domains',
      '/unit-mailboxes',
      '/console/queue',
      '/console/outbox/sms',
    ]) {
      expect((await liqiang.get(path)).status, path).toBe(403);
    }
  });
});
