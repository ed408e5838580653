import type { MailRulesView, SieveScriptInfo, SieveScriptList, SieveVerdict } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
let me: Person;
let id = 0;
beforeAll(async () => {
  test = await startApp();
  me = await test.as('liuyang');
  id = await accountId('liuyang');
});
afterAll(() => test.close());

async function accountId(name: string): Promise<number> {
  const { rows } = await test.database.pool.query<{ id: number }>(
    'select id from directory.account where local = $1',
    [name],
  );
  return rows[0]?.id ?? 0;
}

const rulesPath = () => `/mail/accounts/${id}/rules`;
const scriptsPath = () => `/mail/accounts/${id}/scripts`;

describe('[MAIL-4] rules of a mailbox over HTTP', () => {
  it('are one’s own: not for strangers, not for others', async () => {
    expect((await test.stranger.get(rulesPath())).status).toBe(401);
    const other = await test.as('zhangwei');
    expect((await other.get(rulesPath())).status).toBe(404);
    expect((await other.put(rulesPath(), { version: 0 })).status).toBe(404);
    expect((await other.post(scriptsPath(), { name: 'x', content: 'keep;' })).status).toBe(404);
  });

  it('are saved by section, with the version that was read', async () => {
    const before = await me.get<MailRulesView>(rulesPath());
    expect(before.body).toMatchObject({ version: 0, mayChange: true, mayForwardOutside: true });
    const saved = await me.put<MailRulesView>(rulesPath(), {
      version: 0,
      vacation: { enabled: true, subject: '外出', text: '下周回来' },
    });
    expect(saved.body).toMatchObject({ version: 1, rules: { vacation: { text: '下周回来' }, filters: [] } });
    expect((await me.put(rulesPath(), { version: 0, blocked: { senders: [], action: 'junk' } })).status).toBe(
      409,
    );
  });

  it.each([
    [{ vacation: { enabled: true, subject: '', text: ' ' } }, 'mail_filter.vacation_empty'],
    [{ forwarding: { enabled: true, addresses: [], keepCopy: true } }, 'mail_filter.forward_nowhere'],
    [
      { forwarding: { enabled: true, addresses: ['liuyang@beichen.test'], keepCopy: true } },
      'mail_filter.forward_to_self',
    ],
    [
      { forwarding: { enabled: true, addresses: ['nobody-here@beichen.test'], keepCopy: true } },
      'mail_filter.unknown_address',
    ],
    [
      {
        filters: [
          {
            name: 'f',
            enabled: true,
            match: 'all',
            stop: true,
            conditions: [{ field: 'size', operator: 'contains', value: 'x' }],
            actions: [{ type: 'seen' }],
          },
        ],
      },
      'mail_filter.filter_incomplete',
    ],
  ])('refuse what cannot work: %j', async (change, code) => {
    const { body } = await me.get<MailRulesView>(rulesPath());
    const answer = await me.put<{ code: string }>(rulesPath(), { version: body.version, ...change });
    expect(answer.body.code).toBe(code);
  });

  it('scripts are made, activated, checked with the line, and deleted', async () => {
    const made = await me.post<SieveScriptInfo>(scriptsPath(), { name: '脚本', content: 'keep;' });
    expect(made.body).toMatchObject({ name: '脚本', active: false });
    const path = `${scriptsPath()}/${made.body.id}`;
    expect((await me.patch(path, { active: true, content: 'discard;' })).body).toMatchObject({
      active: true,
    });
    expect((await me.get(path)).body).toMatchObject({ content: 'discard;' });
    expect((await me.get<MailRulesView>(rulesPath())).body.activeScript).toBe('脚本');
    expect((await me.delete<{ code: string }>(path)).body.code).toBe('mail_filter.script_active');
    expect(
      (await me.post<{ code: string }>(scriptsPath(), { name: '脚本', content: 'keep;' })).body.code,
    ).toBe('mail_filter.script_name_taken');
    expect((await me.patch<{ code: string }>(path, { content: 'nonsense;' })).body.code).toBe(
      'mail_filter.script_invalid',
    );
    expect(
      (await me.post<SieveVerdict>('/mail/script-check', { content: 'keep;\n\nfoo;' })).body,
    ).toMatchObject({ ok: false, line: 3 });
    await me.patch(path, { active: false });
    expect((await me.delete(path)).status).toBe(200);
    expect((await me.get<SieveScriptList>(scriptsPath())).body.items).toEqual([]);
  });

  it('[ADM-4] an administrator of the institution takes the right to forward outside from an account', async () => {
    const admin = await test.as('admin');
    expect((await me.put(`/accounts/${id}/forwarding`, { outside: 'refused' })).status).toBe(403);
    expect((await admin.put(`/accounts/${id}/forwarding`, { outside: 'refused' })).status).toBe(200);
    const { body } = await me.get<MailRulesView>(rulesPath());
    expect(body.mayForwardOutside).toBe(false);
    const forwarding = { enabled: true, addresses: ['me@elsewhere.test'], keepCopy: true };
    expect(
      (await me.put<{ code: string }>(rulesPath(), { version: body.version, forwarding })).body.code,
    ).toBe('mail_filter.outside_forbidden');
    await admin.put(`/accounts/${id}/forwarding`, { outside: 'default' });
    expect((await me.put(rulesPath(), { version: body.version, forwarding })).status).toBe(200);
  });
});
