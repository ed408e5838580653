import type { Problem, ServiceCard } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type Person, startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
let zhangwei: Person;
beforeAll(async () => {
  test = await startApp();
  zhangwei = await test.as('zhangwei');
});
afterAll(() => test?.close());

async function upload(name: string, content: string) {
  const signIn = await test.app.http.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { name: 'zhangwei', password: PASSWORD },
  });
  const cookie = signIn.cookies[0];
  const payload = `--b\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n${content}\r\n--b--\r\n`;
  return test.app.http.inject({
    method: 'POST',
    url: '/api/v1/attachments',
    payload,
    headers: {
      cookie: `${cookie?.name}=${cookie?.value}`,
      origin: 'http://localhost:3000',
      'content-type': 'multipart/form-data; boundary=b',
    },
  });
}

describe('attachments of a form', () => {
  it('[HALL-7] go with the case: its approver reads them, nobody else does', async () => {
    const uploaded = (await upload('说明.pdf', '%PDF-1.4 内容')).json<{
      id: string;
      name: string;
      size: number;
    }>();
    expect(uploaded).toMatchObject({ name: '说明.pdf', size: Buffer.byteLength('%PDF-1.4 内容') });
    const zhaomin = await test.as('zhaomin');
    expect((await zhaomin.get(`/attachments/${uploaded.id}`).catch(() => ({ status: 403 }))).status).toBe(
      403,
    );
    const unit = (await zhangwei.get<{ unit: { id: number } }>('/session')).body.unit.id;
    const values = {
      unit,
      type: '1',
      from: '2026-12-01',
      to: '2026-12-02',
      reason: '家中有事',
      phone: '13810000004',
      files: [uploaded],
    };
    const applied = await zhangwei.post('/hall/services/leave/applications', {
      values,
      requestKey: 'attachment-1',
    });
    expect(applied.status, applied.raw.body).toBe(200);
    const cookie = (
      await test.app.http.inject({
        method: 'POST',
        url: '/api/v1/session',
        payload: { name: 'zhaomin', password: PASSWORD },
      })
    ).cookies[0];
    const file = await test.app.http.inject({
      url: `/api/v1/attachments/${uploaded.id}`,
      headers: { cookie: `${cookie?.name}=${cookie?.value}` },
    });
    expect(file.statusCode).toBe(200);
    expect(file.body).toBe('%PDF-1.4 内容');
    expect(file.headers['content-disposition']).toContain('attachment');
    const liuyang = await test.as('liuyang');
    expect((await liuyang.get(`/attachments/${uploaded.id}`)).status).toBe(403);
  });

  it('[HALL-7] are refused when they are programs or pages, or nobody’s', async () => {
    expect((await upload('page.html', '<script>')).json<Problem>().code).toBe('hall.attachment_type');
    const unit = (await zhangwei.get<{ unit: { id: number } }>('/session')).body.unit.id;
    const files = [{ id: '00000000-0000-7000-8000-000000000000', name: 'x.pdf', size: 1 }];
    const values = {
      unit,
      type: '1',
      from: '2026-12-01',
      to: '2026-12-02',
      reason: '家中有事',
      phone: '13810000004',
      files,
    };
    const answer = await zhangwei.post<Problem>('/hall/services/leave/applications', {
      values,
      requestKey: 'attachment-2',
    });
    expect(answer.body.fields?.[0]?.code).toBe('hall.bad_attachment');
  });
});

describe('the catalogue', () => {
  it('[HALL-3] finds a service by what it is for, in Chinese and in pinyin, and only for its audience', async () => {
    for (const search of ['部门邮箱', 'bumenyouxiang', 'VPN', '信息服务']) {
      const found = (await zhangwei.get<ServiceCard[]>(`/hall/services?search=${encodeURIComponent(search)}`))
        .body;
      expect(found.length, search).toBeGreaterThan(0);
    }
    const liuyang = await test.as('liuyang');
    const mine = (await liuyang.get<ServiceCard[]>('/hall/services')).body.map((card) => card.key);
    expect(mine).toContain('enrolment-proof');
    expect(mine).not.toContain('info-service');
  });
});
