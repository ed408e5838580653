import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../kit/app.ts';
import { type FakeDns, fakeDns } from '../kit/fake-dns.ts';

interface Key {
  id: number;
  state: string;
  algorithm: string;
  recordName: string;
  recordText: string;
}

let dns: FakeDns;
let app: TestApp;
beforeAll(async () => {
  dns = await fakeDns();
  app = await startApp({ env: { HONGYAN_DNS: dns.address } });
});
afterAll(async () => {
  await app.close();
  await dns.close();
});

describe('DKIM keys in the console', () => {
  it('[MAIL-2] are closed to strangers, to staff and to unit administrators', async () => {
    expect((await app.stranger.get('/console/dkim')).status).toBe(401);
    for (const name of ['zhangwei', 'liqiang']) {
      const person = await app.as(name);
      expect((await person.get('/console/dkim')).status).toBe(403);
      expect((await person.post('/console/dkim', { domain: 'beichen.test' })).status).toBe(403);
      expect((await person.post('/console/dkim/1/activate')).status).toBe(403);
      expect((await person.delete('/console/dkim/1')).status).toBe(403);
    }
  });

  it('[MAIL-2] are planned once, shown with the record to publish, and begin to sign only when DNS has it', async () => {
    const admin = await app.as('chenjing');
    const list = async () => (await admin.get<{ domains: string[]; keys: Key[] }>('/console/dkim')).body;
    expect((await admin.post('/console/dkim', { domain: 'elsewhere.test' })).status).toBe(404);
    expect((await admin.post('/console/dkim', { domain: 'beichen.test' })).status).toBe(200);
    expect((await admin.post('/console/dkim', { domain: 'beichen.test' })).status).toBe(409);
    const { keys } = await list();
    expect(keys.map((key) => [key.algorithm, key.state])).toEqual([
      ['rsa', 'planned'],
      ['ed25519', 'planned'],
    ]);
    const [rsa, ed] = keys;
    dns.set({ [ed?.recordName ?? '']: [{ type: 'TXT', text: ed?.recordText ?? '' }] });
    expect((await admin.post(`/console/dkim/${rsa?.id}/activate`)).body).toMatchObject({
      code: 'dkim.not_published',
    });
    expect((await admin.post(`/console/dkim/${ed?.id}/activate`)).status).toBe(200);
    expect((await admin.post(`/console/dkim/${ed?.id}/activate`)).status).toBe(404);
    expect(JSON.stringify(await list())).not.toContain('PRIVATE');
    expect((await app.app.mail.dkim.active('beichen.test')).map((key) => key.algorithm)).toEqual(['ed25519']);
    expect((await admin.delete(`/console/dkim/${ed?.id}`)).status).toBe(200);
    expect(await app.app.mail.dkim.active('beichen.test')).toEqual([]);
  });
});
