import type { Captcha, Me, Problem, SessionInfo, SignInRecord } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test?.close());

const signIn = (body: unknown, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
  test.app.http.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    remoteAddress,
  });

describe('sign-in', () => {
  it('[ID-3] takes account name, number, mail address and bound phone', async () => {
    for (const name of [
      'zhangwei',
      'ZhangWei',
      '20180066',
      'zhangwei@beichen.test',
      '13810000004',
      '+86 138-1000-0004',
    ]) {
      const answer = await signIn({ name, password: PASSWORD });
      expect(answer.statusCode, name).toBe(200);
      expect(answer.json<{ account: Me }>().account.account).toBe('zhangwei');
    }
  });

  it('[ID-3] answers the same for an unknown user and a wrong password', async () => {
    const unknown = await signIn({ name: 'nobody-here', password: 'Wrong-Pass#2026' });
    const wrong = await signIn({ name: 'chenjing', password: 'Wrong-Pass#2026' });
    expect(unknown.statusCode).toBe(401);
    expect(unknown.body).toBe(wrong.body);
    expect(wrong.json<Problem>().code).toBe('identity.invalid_credentials');
  });

  it('[ID-3] locks a name after ten failures, known or not, and opens it again', async () => {
    for (const name of ['liuyang', 'not-a-person']) {
      for (let n = 0; n < 10; n++) expect((await signIn({ name, password: 'x' })).statusCode).toBe(401);
      const locked = await signIn({ name, password: PASSWORD });
      expect(locked.statusCode).toBe(429);
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
    }
    test.clock.travel(16 * 60_000);
    expect((await signIn({ name: 'liuyang', password: PASSWORD })).statusCode).toBe(200);
  });

  it('[ID-3] asks other addresses for a captcha after three failures, once an answer', async () => {
    const address = '203.0.113.7';
    for (let n = 0; n < 3; n++) await signIn({ name: 'wangfang', password: 'x' }, {}, address);
    const asked = await signIn({ name: 'wangfang', password: PASSWORD }, {}, address);
    expect(asked.json<Problem>().code).toBe('identity.captcha_required');
    const captcha = (await test.stranger.get<Captcha>('/captcha')).body;
    expect(Buffer.from(captcha.image.split(',')[1] ?? '', 'base64').toString()).not.toMatch(/<text/);
    const wrong = await signIn(
      { name: 'wangfang', password: PASSWORD, captcha: { id: captcha.id, answer: '0000' } },
      {},
      address,
    );
    expect(wrong.json<Problem>().code).toBe('identity.captcha_wrong');
    expect((await signIn({ name: 'wangfang', password: PASSWORD })).statusCode).toBe(200);
  });

  it('[ID-3] says plainly after a right password that the account is disabled', async () => {
    const admin = await test.as('admin');
    const { body } = await admin.get<{ items: { id: number }[] }>('/accounts?search=liuyang');
    await admin.post(`/accounts/${body.items[0]?.id}/disable`);
    expect((await signIn({ name: 'liuyang', password: PASSWORD })).json<Problem>().code).toBe(
      'identity.account_disabled',
    );
    expect((await signIn({ name: 'liuyang', password: 'x' })).json<Problem>().code).toBe(
      'identity.invalid_credentials',
    );
    await admin.post(`/accounts/${body.items[0]?.id}/activate`);
    expect((await signIn({ name: 'liuyang', password: PASSWORD })).statusCode).toBe(200);
  });
});

describe('threats', () => {
  it('csrf: refuses a change with the cookie but without our origin', async () => {
    const cookie = (await signIn({ name: 'zhangwei', password: PASSWORD })).cookies[0];
    const headers = { cookie: `${cookie?.name}=${cookie?.value}`, 'content-type': 'application/json' };
    const send = (more: Record<string, string>) =>
      test.app.http.inject({
        method: 'PATCH',
        url: '/api/v1/me',
        payload: '{"theme":"dark"}',
        headers: { ...headers, ...more },
      });
    expect((await send({})).statusCode).toBe(403);
    expect((await send({ origin: 'https://evil.example' })).statusCode).toBe(403);
    expect((await send({ origin: 'http://localhost:3000' })).statusCode).toBe(200);
  });

  it('login-csrf: refuses a sign-in from a foreign page', async () => {
    expect(
      (await signIn({ name: 'zhangwei', password: PASSWORD }, { origin: 'https://evil.example' })).statusCode,
    ).toBe(403);
  });

  it('session-fixation: a session begins with a token of the server’s own', async () => {
    const answer = await signIn(
      { name: 'zhangwei', password: PASSWORD },
      { cookie: 'hongyan=attacker-chosen-token' },
    );
    const cookie = answer.cookies[0];
    expect(cookie?.value).not.toBe('attacker-chosen-token');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  });

  it('injection: a prototype key or an unknown member is an error, not an effect', async () => {
    const answer = await signIn({ name: 'zhangwei', password: PASSWORD, role: 'super' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<Problem>().fields?.[0]?.field).toBe('role');
  });
});

describe('one’s own account', () => {
  it('[ID-6] changes the password: policy, history, and every other session ends', async () => {
    const one = await test.as('zhaomin');
    const other = await test.as('zhaomin');
    const put = (current: string, password: string) =>
      one.put<Problem>('/me/password', { current, password });
    expect((await put('wrong', 'Jiao-Wu#2026x')).body.field).toBe('current');
    const weak = await put(PASSWORD, 'zhaomin1');
    expect(weak.body.fields?.map((entry) => entry.code)).toContain('identity.password_length');
    expect((await put(PASSWORD, PASSWORD)).body.code).toBe('identity.password_reused');
    expect((await put(PASSWORD, 'Jiao-Wu#2026x')).status).toBe(200);
    expect((await one.get('/session')).status).toBe(200);
    expect((await other.get('/session')).status).toBe(401);
    expect((await signIn({ name: 'zhaomin', password: PASSWORD })).statusCode).toBe(401);
    expect((await signIn({ name: 'zhaomin', password: 'Jiao-Wu#2026x' })).statusCode).toBe(200);
  });

  it('[ID-9] an administrator’s reset forces a change before anything else', async () => {
    const admin = await test.as('admin');
    const person = (await admin.get<{ items: { id: number }[] }>('/accounts?search=chenjing')).body.items[0];
    const reset = await admin.put(`/accounts/${person?.id}/password`, { password: 'Lin-Shi#2026abc' });
    expect(reset.status, reset.raw.body).toBe(200);
    const answer = await signIn({ name: 'chenjing', password: 'Lin-Shi#2026abc' });
    expect(answer.json()).toEqual({ next: ['change_password'] });
    const chenjing = await test.as('chenjing', 'Lin-Shi#2026abc');
    expect((await chenjing.get('/hall/home')).status).toBe(401);
    expect(
      (await chenjing.put('/me/password', { current: 'Lin-Shi#2026abc', password: 'Xin-Mi-Ma#2026' })).status,
    ).toBe(200);
    expect((await chenjing.get('/hall/home')).status).toBe(200);
  });

  it('[ID-10] lists sessions and sign-ins, ends one and all others', async () => {
    const one = await test.as('liqiang');
    const two = await test.as('liqiang');
    const three = await test.as('liqiang');
    const sessions = (await one.get<SessionInfo[]>('/me/sessions')).body;
    expect(sessions.filter((session) => session.current)).toHaveLength(1);
    const others = await one.delete('/me/sessions');
    expect(others.status).toBe(200);
    expect((await two.get('/session')).status).toBe(401);
    expect((await three.get('/session')).status).toBe(401);
    expect((await one.get<SignInRecord[]>('/me/sign-ins')).body[0]).toMatchObject({
      ok: true,
      protocol: 'web',
    });
    await one.delete('/session');
    expect((await one.get('/session')).status).toBe(401);
  });

  it('[ADM-11] keeps a chain of what was done that shows any change', async () => {
    await test.app.audit.seal();
    const admin = await test.as('admin');
    const good = await admin.post<{ ok: boolean; checked: number }>('/audit/verification');
    expect(good.body).toMatchObject({ ok: true });
    expect(good.body.checked).toBeGreaterThan(10);
    await test.database.pool.query("update audit.entry set target = 'forged' where seq = 5");
    const bad = await admin.post<{ ok: boolean; brokenAt: number }>('/audit/verification');
    expect(bad.body).toMatchObject({ ok: false });
    expect((await (await test.as('zhangwei')).post('/audit/verification')).status).toBe(403);
  });
});
