import type { DeletedMailPage, RestoredMail } from '@hongyan/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQuotaWarnings } from '../../src/mail/quota/index.ts';
import { startApp, type TestApp } from '../kit/app.ts';

let test: TestApp;
let accountId = 0;
beforeAll(async () => {
  test = await startApp();
  const found = await test.app.directory.addresses.resolve(test.database.db, 'zhangwei@beichen.test');
  if (found.kind === 'account') accountId = found.accountId;
}, 120_000);
afterAll(() => test.close());

async function append(subject: string, folder: string): Promise<void> {
  const { store } = test.app.mail;
  const { db } = test.database;
  const scope = { accountId, readerId: accountId };
  const known = await store.mailboxByPath(db, scope, folder);
  const mailbox = known ?? (await store.createMailbox(db, scope, { path: folder }));
  const writer = store.newBody();
  await writer.write(Buffer.from(`From: a@example.org\r\nSubject: ${subject}\r\n\r\ntext\r\n`));
  await store.append(db, scope, [{ body: await writer.finish(), mailboxIds: [mailbox.id] }]);
}

async function destroyAll(folder: string): Promise<void> {
  const { store } = test.app.mail;
  const scope = { accountId, readerId: accountId };
  const mailbox = await store.mailboxByPath(test.database.db, scope, folder);
  await store.expunge(test.database.db, scope, mailbox?.id ?? 0, { any: true });
}

const path = (what: string) => `/mail/accounts/${accountId}/${what}`;

describe('deleted mail', () => {
  it('[MAIL-5] comes back to where it lay, or to the inbox when the folder has gone, and once only', async () => {
    await append('kept folder letter', 'Projects');
    await append('lost folder letter', 'Temporary');
    await destroyAll('Projects');
    await destroyAll('Temporary');
    const { store } = test.app.mail;
    const { db } = test.database;
    const scope = { accountId, readerId: accountId };
    const temporary = await store.mailboxByPath(db, scope, 'Temporary');
    await store.deleteMailbox(db, scope, temporary?.id ?? 0, { removeMessages: true });

    const zhang = await test.as('zhangwei');
    const { body } = await zhang.get<DeletedMailPage>(path('deleted?search=folder letter'));
    expect(body.items.map((item) => [item.subject, item.folder])).toEqual(
      expect.arrayContaining([
        ['kept folder letter', 'Projects'],
        ['lost folder letter', undefined],
      ]),
    );
    const ids = body.items.map((item) => item.id);
    const both = await Promise.all([
      zhang.post<RestoredMail>(path('restore'), { ids }),
      zhang.post<RestoredMail>(path('restore'), { ids }),
    ]);
    expect(both.reduce((sum, one) => sum + one.body.restored, 0)).toBe(2);
    const projects = await store.mailboxByPath(db, scope, 'Projects');
    expect(projects?.total).toBe(1);
    const found = await store.query(db, scope, {
      filter: { is: 'text', where: 'subject', value: 'lost folder' },
      sort: [],
      collapseThreads: false,
      limit: 10,
    });
    expect(found.messageIds.length).toBe(1);
    expect((await zhang.get<DeletedMailPage>(path('deleted?search=folder letter'))).body.items).toEqual([]);
  });

  it('[MAIL-5] is nobody else’s to see or restore', async () => {
    const liqiang = await test.as('liqiang');
    expect((await liqiang.get(path('deleted'))).status).toBe(403);
    expect((await liqiang.post(path('restore'), { ids: [1] })).status).toBe(403);
    expect((await test.stranger.get(path('deleted'))).status).toBe(401);
  });
});

describe('a mailbox that fills up', () => {
  it('[MAIL-5] tells its person at 80 and at 95 per cent, once each, and anew after it had been emptied', async () => {
    const { pool, db } = test.database;
    const told: string[] = [];
    const warn = createQuotaWarnings({
      db,
      clock: test.clock,
      tell: async (_tx, notice) => told.push(`${notice.accountId} ${notice.params['percent']}`),
    });
    const fill = (share: number) =>
      pool.query(
        'update mail.account m set used_bytes = a.quota_bytes * $2::float8 from directory.account a where a.id = m.account_id and m.account_id = $1',
        [accountId, share],
      );
    await warn();
    told.length = 0;
    await fill(0.5);
    await warn();
    expect(told).toEqual([]);
    await fill(0.835);
    await Promise.all([warn(), warn()]);
    await warn();
    expect(told).toEqual([`${accountId} 83`]);
    await fill(0.965);
    await warn();
    await warn();
    expect(told).toEqual([`${accountId} 83`, `${accountId} 96`]);
    await fill(0.2);
    await warn();
    await fill(0.995);
    await warn();
    expect(told.at(-1)).toBe(`${accountId} 99`);
    expect(told.length).toBe(3);
  });
});
