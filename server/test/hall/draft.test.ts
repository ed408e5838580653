import type { Contact, ServicePage } from '@hongyan/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Person, startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
let zhangwei: Person;

beforeAll(async () => {
  test = await startApp();
  zhangwei = await test.as('zhangwei');
});
afterAll(() => test?.close());

it('[HALL-8] opens a draft with the people and units in it by name, not by number', async () => {
  const found = await zhangwei.get<{ items: Contact[] }>('/directory/people?search=chenjing');
  const chenjing = found.body.items[0]?.id ?? 0;
  const saved = await zhangwei.put('/hall/services/info-service/draft', {
    values: { kind: 'mailbox', members: [chenjing] },
  });
  expect(saved.status, saved.raw.body).toBe(200);
  const { body } = await zhangwei.get<ServicePage>('/hall/services/info-service');
  expect(body.draft?.values['members']).toEqual([chenjing]);
  expect(body.names?.[`person:${chenjing}`]).toBe('陈静');
  expect(body.names?.[`unit:${body.presets?.['unit']}`]).toBe('教务处');
});
