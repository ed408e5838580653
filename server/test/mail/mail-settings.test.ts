import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../kit/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const PATH = '/console/mail-settings';

describe('mail settings', () => {
  it('[ADM-11] are closed to strangers, to staff and to unit administrators', async () => {
    expect((await app.stranger.get(PATH)).status).toBe(401);
    for (const name of ['zhangwei', 'liqiang']) {
      const person = await app.as(name);
      expect((await person.get(PATH)).status).toBe(403);
      expect((await person.put(`${PATH}/quarantine`, { spam: true })).status).toBe(403);
    }
  });

  it('[ADM-11] begin with defaults, keep a change, tell every reader at once and stand in the log', async () => {
    const admin = await app.as('chenjing');
    const { body } = await admin.get<{ sections: { key: string; value: Record<string, unknown> }[] }>(PATH);
    expect(body.sections.find((section) => section.key === 'quarantine')?.value).toEqual({
      spam: false,
      days: 30,
      digest: true,
      digestHour: 8,
    });
    expect((await app.app.mail.settings.get('quarantine')).days).toBe(30);
    const changed = { spam: true, days: 7, digest: false, digestHour: 9 };
    expect((await admin.put(`${PATH}/quarantine`, changed)).status).toBe(200);
    expect(await app.app.mail.settings.get('quarantine')).toEqual(changed);
    const log = await admin.get<{ items: { action: string }[] }>('/audit');
    expect(JSON.stringify(log.body.items)).toContain('修改邮件设置');
  });

  it('names the field that is wrong, and refuses a section that does not exist', async () => {
    const admin = await app.as('chenjing');
    const wrong = await admin.put<{ fields: { field: string }[] }>(`${PATH}/quarantine`, { days: 0 });
    expect(wrong.status).toBe(400);
    expect(JSON.stringify(wrong.body)).toContain('days');
    expect((await admin.put(`${PATH}/quarantine`, { nonsense: 1 })).status).toBe(400);
    expect((await admin.put(`${PATH}/nonsense`, {})).status).toBe(404);
    const relays = await admin.put(`${PATH}/authentication`, { trustedRelays: ['10.0.0.0/8', 'no network'] });
    expect(relays.status).toBe(400);
  });

  it('fall back to the defaults of a section that no longer fits', async () => {
    await app.database.pool.query(
      `insert into mail.setting values ('greylist', '{"delaySeconds": "soon"}', now())`,
    );
    app.app.mail.settings.forget();
    expect((await app.app.mail.settings.get('greylist')).delaySeconds).toBe(300);
  });
});
